import { decodeJwt } from 'jose';
import type { Person, TestHost } from '../../core/test/host.js';
import { logIn } from '../../core/test/oauth-client.js';
import { clients, startProvider, userinfo } from './provider.js';

let host: TestHost | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

const scope = 'openid profile email company';
const secrets = { passwordHash: 'hunter2-hash', $secret: 'hunter2', isAdmin: true };

const noClaims = { profile: () => undefined, email: () => undefined };

/** A provider in JavaScript: its functions return whatever they like. */
async function startLoose(claims: object, inIdToken = false): Promise<TestHost> {
  host = await startProvider({
    openid: {
      claims: { ...noClaims, ...claims } as never,
      scopes: { company: 'See your company' },
    },
    clients: clients
      .slice(0, 1)
      .map((web) => ({ ...web, scope, ...(inIdToken ? { claimsInIdToken: true } : {}) })),
  });
  return host;
}

async function told(
  at: TestHost,
  params: Record<string, string> = { scope },
): Promise<{ info: Record<string, unknown>; idToken: Record<string, unknown>; status: number }> {
  const { access_token, id_token = '' } = await logIn(at, 'web', { params });
  const { body, status } = await userinfo(at, access_token);
  return { info: body, idToken: decodeJwt(id_token), status };
}

const warnings = ({ log }: TestHost): TestHost['log'] =>
  log.filter(({ message }) => message.startsWith('openidConnect.claims.'));

describe('the function of a standard scope', () => {
  it('tells the claims of that scope alone, in any language, whatever it returns', async () => {
    const at = await startLoose({
      profile: (person: Person) => ({
        ...person,
        ...secrets,
        'name#de': 'Ada (deutsch)',
        'name#': 'x',
        'name#a b': 'x',
        'passwordHash#de': 'x',
        '#de': 'x',
        sub: 'bob',
        iss: 'https://evil.test',
        email: 'ada@people.test',
        toString: 'x',
      }),
      email: (person: Person) => ({ email: 'ada@people.test', ...person }),
    });
    const { info } = await told(at);
    expect(info).toEqual({
      sub: 'ada',
      name: 'Ada',
      'name#de': 'Ada (deutsch)',
      email: 'ada@people.test',
    });
  });

  it('is warned about once for each scope, by names and without a value', async () => {
    const at = await startLoose({
      profile: (person: Person) => ({ name: person.name, ...secrets }),
      email: () => ({ email: 'ada@people.test', mail: 'ada@people.test' }),
    });
    await told(at);
    await told(at);
    expect(warnings(at)).toEqual([
      {
        level: 'warn',
        context: { scope: 'profile', leftOut: ['passwordHash', '$secret', 'isAdmin'] },
        message:
          'openidConnect.claims.profile returned more than the claims of that scope, and it was left out. Return those alone; claims of your own go under a scope of your own',
      },
      {
        level: 'warn',
        context: { scope: 'email', leftOut: ['mail'] },
        message: expect.stringContaining('openidConnect.claims.email returned more'),
      },
    ]);
    expect(JSON.stringify(at.log)).not.toMatch(/hunter2|ada@people/);
  });

  it('is warned about in few words, however much it returns', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`${'x'.repeat(500)}${index}`, 1]),
    );
    const at = await startLoose({ profile: () => ({ ...many, name: 'Ada' }) });
    expect((await told(at)).info).toEqual({ sub: 'ada', name: 'Ada' });
    expect(JSON.stringify(warnings(at)).length).toBeLessThan(3000);
  });

  it('tells no more in an ID token that holds what userinfo says, and to who asks by name', async () => {
    const at = await startLoose(
      { profile: (person: Person) => ({ name: person.name, ...secrets }) },
      true,
    );
    const { idToken } = await told(at);
    expect(idToken).toMatchObject({ name: 'Ada' });
    for (const name of Object.keys(secrets)) expect(idToken).not.toHaveProperty([name]);
    const asked = { userinfo: { name: null, passwordHash: null, $secret: null } };
    const { info } = await told(at, { scope: 'openid', claims: JSON.stringify(asked) });
    expect(Object.keys(info)).not.toContain('passwordHash');
    expect(Object.keys(info)).not.toContain('$secret');
  });

  it('is told without a warning when it keeps to its claims', async () => {
    const at = await startLoose({
      profile: (person: Person) => ({ name: person.name, nickname: null, website: undefined }),
      email: () => undefined,
    });
    expect((await told(at)).info).toEqual({ sub: 'ada', name: 'Ada' });
    expect(warnings(at)).toEqual([]);
  });

  it.each([
    ['a text', 'hunter2', 'a string'],
    ['a list', ['hunter2'], 'an array'],
    ['a number', 7, 'a number'],
  ])('is an error of the host when it returns %s', async (_title, value, given) => {
    const at = await startLoose({ profile: () => value });
    const { status, info } = await told(at);
    expect([status, info.error]).toEqual([500, 'server_error']);
    const errors = at.log.filter(({ level }) => level === 'error');
    const said = errors.map(({ context }) => String((context as { error?: unknown }).error));
    expect(said.join()).toContain(
      `openidConnect.claims.profile must return an object of claims, got ${given}`,
    );
    expect(said.join()).not.toContain('hunter2');
  });
});

describe('the function of a scope of the own', () => {
  it('may give claims any name', async () => {
    const at = await startLoose({
      company: () => ({ company_id: 'acme', 'https://acme.test/role': 'admin' }),
    });
    expect((await told(at)).info).toEqual({
      sub: 'ada',
      company_id: 'acme',
      'https://acme.test/role': 'admin',
    });
    expect(warnings(at)).toEqual([]);
  });

  it('is an error of the host when it returns a text, which would be told by its letters', async () => {
    const at = await startLoose({ company: () => 'acme' });
    expect((await told(at)).status).toBe(500);
  });
});
