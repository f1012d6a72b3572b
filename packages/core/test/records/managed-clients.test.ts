import { browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { until } from '../machine-client.js';
import { authorize, codeOf, logIn } from '../oauth-client.js';
import { testStore } from '../test-store.js';
import { goHome, travel } from '../travel.js';

let host: TestHost;
beforeEach(async () => {
  host = await startHost();
});
afterEach(async () => {
  goHome();
  await host.close();
});

async function machineToken(at: TestHost, id: string, secret: string): Promise<Response> {
  return fetch(`${at.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

const machine = {
  client_name: 'Batch',
  grant_types: ['client_credentials'],
  scope: 'notes:read',
} as const;

describe('auth.clients', () => {
  it('makes a client whose secret is shown once and kept as a hash', async () => {
    const store = testStore();
    const own = await startHost({ store });
    const { client_id, client_secret = '' } = await own.auth.clients.create({ ...machine });
    expect(client_secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await machineToken(own, client_id, client_secret)).status).toBe(200);
    expect(await own.auth.clients.get(client_id)).not.toHaveProperty('client_secret');
    const { records } = await store.list('Client', 'all', { now: 0 });
    expect(JSON.stringify(records)).not.toContain(client_secret);
    await own.close();
  });

  it('lets a public client log people in, with consent', async () => {
    const redirect_uri = 'https://app.test/cb';
    const { client_id, client_secret } = await host.auth.clients.create({
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirect_uri],
      scope: 'notes:read',
    });
    expect(client_secret).toBeUndefined();
    const { verifier, challenge } = pkce();
    const query = { client_id, redirect_uri, scope: 'notes:read', code_challenge: challenge };
    const params = { response_type: 'code', code_challenge_method: 'S256', ...query };
    const url = `${host.issuer}/authorize?${new URLSearchParams(params)}`;
    const code = codeOf(await authorize(browserAgent(host.origin), url));
    const form = { grant_type: 'authorization_code', code, redirect_uri, client_id };
    const body = new URLSearchParams({ ...form, code_verifier: verifier });
    const answer = await fetch(`${host.issuer}/token`, { method: 'POST', body });
    expect(answer.status).toBe(200);
  });

  it('refuses what the options refuse, with every problem at once', async () => {
    const create = host.auth.clients.create({
      redirect_uris: ['http://app.test/cb#x'],
      scope: 'notes:raed',
    });
    await expect(create).rejects.toMatchObject({ code: 'ERR_OPTIONS_INVALID' });
    await expect(create).rejects.toThrow(/client\.redirect_uris\[0\]/);
    await expect(host.auth.clients.create({ ...machine, scope: 'notes:raed' })).rejects.toThrow(
      /notes:raed/,
    );
  });

  it('keeps the old secret good for the overlap and no longer', async () => {
    const { client_id, client_secret = '' } = await host.auth.clients.create({ ...machine });
    const next = await host.auth.clients.rotateSecret(client_id, { overlapSeconds: 60 });
    expect((await machineToken(host, client_id, client_secret)).status).toBe(200);
    expect((await machineToken(host, client_id, next.client_secret)).status).toBe(200);
    travel(61);
    expect((await machineToken(host, client_id, client_secret)).status).toBe(401);
    expect((await machineToken(host, client_id, next.client_secret)).status).toBe(200);
  });

  it('shows static clients in the same view, read-only', async () => {
    const { client_id } = await host.auth.clients.create({ ...machine });
    const { clients } = await host.auth.clients.list();
    expect(clients.find((one) => one.client_id === 'web')).toMatchObject({
      source: 'static',
      firstParty: true,
    });
    expect(clients.find((one) => one.client_id === client_id)).toMatchObject({ source: 'stored' });
    expect(clients.some((one) => one.client_id === 'ledger-api')).toBe(false);
    expect(JSON.stringify(clients)).not.toContain('secret-0123');
    await expect(host.auth.clients.update('web', { client_name: 'x' })).rejects.toMatchObject({
      code: 'ERR_USAGE',
    });
    await expect(host.auth.clients.remove('web')).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  it('brings a change to another node within two seconds', async () => {
    const store = testStore();
    const [a, b] = await Promise.all([startHost({ store }), startHost({ store })]);
    try {
      const { client_id, client_secret = '' } = await a.auth.clients.create({ ...machine });
      const ask = async (): Promise<{ status: number; scope?: string }> => {
        const answer = await machineToken(b, client_id, client_secret);
        return { status: answer.status, ...((await answer.json()) as { scope?: string }) };
      };
      expect(await ask()).toMatchObject({ status: 200, scope: 'notes:read' });
      await a.auth.clients.update(client_id, { scope: 'ledger:read' });
      const changed = await until(ask, ({ scope }) => scope === 'ledger:read', 2000);
      expect(changed).toMatchObject({ status: 200, scope: 'ledger:read' });
      await a.auth.clients.remove(client_id);
      expect((await until(ask, ({ status }) => status === 401, 2000)).status).toBe(401);
    } finally {
      await Promise.all([a.close(), b.close()]);
    }
  });

  it('ends all that a client has when it is removed', async () => {
    const { client_id, client_secret = '' } = await host.auth.clients.create({ ...machine });
    const { access_token } = (await (
      await machineToken(host, client_id, client_secret)
    ).json()) as { access_token: string };
    await host.auth.clients.remove(client_id);
    const api = await fetch(`${host.origin}/api/machine`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(api.status).toBe(401);
  });
});

describe('auth.grants', () => {
  it('lists the grants of an account, and ends one of them', async () => {
    const one = await logIn(host, 'spa');
    await logIn(host, 'web');
    const { grants } = await host.auth.grants.list({ accountId: 'ada' });
    expect(grants.map(({ clientId }) => clientId).sort()).toEqual(['spa', 'web']);
    const grant = grants.find(({ clientId }) => clientId === 'spa');
    expect(grant).toMatchObject({
      accountId: 'ada',
      scopes: { 'https://api.test/notes': ['notes:read'] },
    });
    await host.auth.grants.revoke(grant?.grantId ?? '');
    const api = await fetch(`${host.origin}/api/notes`, {
      headers: { authorization: `Bearer ${one.access_token}` },
    });
    expect(api.status).toBe(401);
    expect((await host.auth.grants.list({ clientId: 'spa' })).grants).toEqual([]);
  });
});
