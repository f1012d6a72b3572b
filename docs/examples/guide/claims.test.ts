import { decodeJwt } from 'jose';
import {
  browserAgent,
  type BrowserAgent,
  pkce,
} from '../../../packages/core/test/browser-agent.js';
import { createApp, type User } from './claims.js';
import { type Listening, listen } from './listen.js';

const publicOrigin = 'https://acme.example';
const issuer = `${publicOrigin}/auth`;
const secret = 'Hq3Vx8Lm1Zt6Rk9Bn4Wc7Ys2Df5Gp0Ju';
const callbacks = {
  web: 'https://app.acme.example/callback',
  old: 'https://old.example/callback',
} as const;

const ada = (): User => ({
  id: 'ada',
  givenName: 'Ada',
  familyName: 'Byron',
  mail: 'ada@acme.example',
  mailChecked: true,
  changedAt: new Date('2026-01-15T09:00:00Z'),
  companyId: 'acme',
  hasKey: false,
});

let app: Listening;
let user: User;
let isDown: boolean;
let log: string;
const users = new Map<string, User>();

function become(other: User): void {
  user = other;
  users.set(user.id, user);
}

beforeAll(async () => {
  import.meta.jest.spyOn(process.stderr, 'write').mockImplementation((line) => {
    log += String(line);
    return true;
  });
  const directory = {
    async rolesOf() {
      if (isDown) throw new Error('the directory is down');
      return ['editor'];
    },
  };
  const loginOf = () => ({ user, at: Math.floor(Date.now() / 1000) });
  app = await listen(await createApp(issuer, secret, { users, directory, loginOf }));
});
beforeEach(() => {
  become(ada());
  isDown = false;
  log = '';
});
afterAll(async () => {
  import.meta.jest.restoreAllMocks();
  await app.close();
});

interface Told {
  readonly status: number;
  readonly scope: unknown;
  readonly idToken: Record<string, unknown>;
  readonly body: Record<string, unknown>;
  /** What the token endpoint was sent. */
  readonly fields: Record<string, string>;
}

function authorizeUrl(
  client: keyof typeof callbacks,
  scope: string,
  params: Record<string, string>,
): string {
  const query = new URLSearchParams({
    ...{ client_id: client, response_type: 'code', redirect_uri: callbacks[client], scope },
    ...{ code_challenge_method: 'S256', ...params },
  });
  return `${issuer}/authorize?${query}`;
}

/** Asks as a client does, with a person who ticks what is named, or all. */
async function ask(
  scope: string,
  params: Record<string, string> = {},
  { client = 'web' as keyof typeof callbacks, ticked = scope.split(' ') } = {},
): Promise<Told> {
  const agent: BrowserAgent = browserAgent(app.origin, publicOrigin);
  const { verifier, challenge } = pkce();
  const redirect_uri = callbacks[client];
  let page = await agent.follow(
    authorizeUrl(client, scope, { code_challenge: challenge, ...params }),
  );
  if (page.location === undefined) {
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const ticks = Object.fromEntries(ticked.map((name) => [`scope:${name}`, 'on']));
    const pressed = await agent.post(page.url, { csrf, decision: 'allow', ...ticks });
    page = await agent.follow(pressed.location ?? '');
  }
  const back = Object.fromEntries(new URL(page.location ?? 'none:').searchParams);
  if (back.code === undefined)
    return { status: 0, scope: undefined, idToken: {}, body: back, fields: {} };
  return token(client, {
    grant_type: 'authorization_code',
    code: back.code,
    redirect_uri,
    code_verifier: verifier,
  });
}

const basic = (client: string): string =>
  `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`;

async function token(client: string, fields: Record<string, string>): Promise<Told> {
  const response = await fetch(`${app.origin}/auth/token`, {
    method: 'POST',
    headers: { authorization: basic(client) },
    body: new URLSearchParams(fields),
  });
  const body = (await response.json()) as Record<string, unknown>;
  const idToken = body.id_token === undefined ? {} : decodeJwt(String(body.id_token));
  return { status: response.status, scope: body.scope, idToken, body, fields };
}

const get = async (path: string, { body }: Told): Promise<Record<string, unknown>> => {
  const headers = { authorization: `Bearer ${body.access_token}` };
  const response = await fetch(app.origin + path, { headers });
  return response.ok
    ? ((await response.json()) as Record<string, unknown>)
    : { status: response.status };
};
const userinfo = (told: Told) => get('/auth/userinfo', told);
const notes = (told: Told) => get('/api/notes', told);

const everything = 'openid profile email company notes:read';

it('tells each claim at its places', async () => {
  const told = await ask(everything);
  expect(told.scope).toBe(everything);
  expect(Object.keys(told.idToken).sort()).toEqual([
    'aud',
    'auth_time',
    'company_id',
    'exp',
    'iat',
    'iss',
    'sid',
    'sub',
  ]);
  expect(await userinfo(told)).toEqual({
    sub: 'ada',
    name: 'Ada Byron',
    updated_at: 1768467600,
    email: 'ada@acme.example',
    email_verified: true,
    company_id: 'acme',
  });
  expect(await notes(told)).toEqual({
    of: 'ada',
    company_id: 'acme',
    company_roles: ['editor'],
  });
});

it('tells a name in another language where there is one', async () => {
  become({ ...ada(), nameInJapanese: 'エイダ' });
  const told = await ask('openid profile');
  expect(await userinfo(told)).toMatchObject({ 'name': 'Ada Byron', 'name#ja': 'エイダ' });
});

it('tells all in the ID token to a client that never asks at userinfo', async () => {
  const { idToken } = await ask('openid profile', {}, { client: 'old' });
  expect(idToken).toMatchObject({ sub: 'ada', name: 'Ada Byron', updated_at: 1768467600 });
});

it('tells userinfo at once what has changed, and an API with the next token', async () => {
  const told = await ask(everything);
  user.companyId = 'other';
  user.givenName = 'Augusta';
  expect(await userinfo(told)).toMatchObject({ name: 'Augusta Byron', company_id: 'other' });
  expect(await notes(told)).toMatchObject({ company_id: 'acme' });
  const fields = { grant_type: 'refresh_token', refresh_token: String(told.body.refresh_token) };
  expect(await notes(await token('web', fields))).toMatchObject({ company_id: 'other' });
});

it('keeps nothing that is in an access token from the client that carries it', async () => {
  const jwt = await ask('openid company notes:read');
  expect(decodeJwt(String(jwt.body.access_token))).toHaveProperty('company_roles', ['editor']);
  const opaque = await ask('openid company');
  const response = await fetch(`${app.origin}/auth/introspect`, {
    method: 'POST',
    headers: { authorization: basic('web') },
    body: new URLSearchParams({ token: String(opaque.body.access_token) }),
  });
  expect(await response.json()).toMatchObject({ active: true, company_roles: ['editor'] });
});

it('says how the login was, and asks again where it must be another', async () => {
  const acr = { essential: true, value: 'urn:acme:key' };
  const needed = { claims: JSON.stringify({ id_token: { acr } }) };
  become({ ...ada(), hasKey: true });
  const { idToken } = await ask('openid', needed);
  expect(idToken).toMatchObject({ acr: 'urn:acme:key', amr: ['hwk'] });
  become(ada());
  expect((await ask('openid', { acr_values: 'urn:acme:key' })).idToken).not.toHaveProperty('acr');
  const page = await browserAgent(app.origin, publicOrigin).follow(
    authorizeUrl('web', 'openid', { code_challenge: pkce().challenge, ...needed }),
  );
  expect(page.url).toMatch(/\/login\?returnTo=.*reason=reauthenticate/);
});

describe('the claims parameter', () => {
  const byName = async (asked: object): Promise<[Told, Record<string, unknown>]> => {
    become({ ...ada(), id: `ada-${Math.random()}`, nameInJapanese: 'エイダ' });
    const ticked = ['profile', 'email', 'company'];
    const told = await ask('openid', { claims: JSON.stringify(asked) }, { ticked });
    return [told, await userinfo(told)];
  };

  it('asks for single claims, at a place of its choice', async () => {
    const asked = { id_token: { name: null }, userinfo: { email: { essential: true } } };
    const [{ idToken }, info] = await byName(asked);
    expect(idToken).toMatchObject({ name: 'Ada Byron' });
    expect(info).toEqual({ sub: user.id, email: 'ada@acme.example' });
  });

  it.each<Record<string, unknown>>([
    { company_roles: null },
    { company_roles: { essential: true } },
    { 'company_roles#en': { value: 'editor' } },
    { company_roles: { values: [['editor']] } },
    { ['__proto__']: null, constructor: null, toString: { essential: true } },
    { 'sub\u0000': null, 'name\u0000': null },
    { ['x'.repeat(2000)]: null },
    { password: null, hasKey: null, mail: { essential: true } },
    { phone_number: null, address: null },
    { 'company_roles,name': null, 'company_roles name': null, ' name': null },
  ])('tells nothing of what is for APIs alone, or is no claim: %#', async (asked) => {
    const [{ idToken, status }, info] = await byName({ id_token: asked, userinfo: asked });
    expect(info).toEqual({ sub: user.id });
    for (const name of Object.keys(asked)) expect(Object.keys(idToken)).not.toContain(name);
    expect(status).toBe(200);
  });
});

it('refuses claims that are asked for by lists', async () => {
  const { body } = await ask('openid', { claims: JSON.stringify({ userinfo: { name: [] } }) });
  expect(body).toMatchObject({ error: 'invalid_request' });
});

describe('a claim that is missing', () => {
  it('was asked for by a scope without openid', async () => {
    const told = await ask('profile notes:read');
    expect([told.status, told.scope]).toEqual([200, 'notes:read']);
    expect(await userinfo(told)).toEqual({ status: 403 });
  });

  it('has a scope that the client may not have, or that does not exist', async () => {
    for (const scope of ['email', 'phone']) {
      const { body } = await ask(`openid ${scope}`, {}, { client: 'old' });
      expect(body).toMatchObject({ error: 'invalid_scope' });
    }
  });

  it('has a scope that the person did not tick', async () => {
    become({ ...ada(), id: 'grace' });
    const told = await ask('openid profile email', {}, { ticked: ['profile'] });
    expect(told.scope).toBe('openid profile');
    expect(await userinfo(told)).not.toHaveProperty('email');
  });
});

it('spends nothing when a claim cannot be found out, and logs why', async () => {
  isDown = true;
  const told = await ask('openid company notes:read');
  expect([told.status, told.body.error]).toEqual([500, 'server_error']);
  expect(log).toContain('Error: the directory is down');
  expect(JSON.stringify(told.body)).not.toContain('directory');
  isDown = false;
  const again = await token('web', told.fields);
  expect(await notes(again)).toMatchObject({ company_roles: ['editor'] });
});
