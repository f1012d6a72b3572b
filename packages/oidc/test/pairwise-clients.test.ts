import type { ClientOptions, Store } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { exportJWK, generateKeyPair } from 'jose';
import { startHost, type TestHost } from '../../core/test/host.js';
import { basic, openApi, send } from '../../core/test/machine-client.js';
import { takeCode } from '../../core/test/oauth-client.js';
import { clients as publicClients, startProvider } from './provider.js';

import { clients, redirect_uri, subjectOf } from './pairwise.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider({ clients });
});
afterAll(() => host.close());

describe('the salt', () => {
  const old = 'the-old-secret-of-this-provider-0123456789abcdef';
  const next = 'the-new-secret-of-this-provider-0123456789abcdef';

  /** A store that outlives its servers. */
  function kept(): Store {
    const { close: _close, ...store } = memoryStore();
    return store;
  }

  async function subjectBy(store: Store, secrets: readonly string[]): Promise<string> {
    const own = await startProvider({ clients, store, secrets });
    try {
      return await subjectOf(own, 'web');
    } finally {
      await own.close();
    }
  }

  it('stays as it is over restarts and over secrets that rotate: no sub ever changes (§5.7) [core-8.1-salt, core-5.7-stable]', async () => {
    const store = kept();
    const first = await subjectBy(store, [old]);
    expect(await subjectBy(store, [next, old])).toBe(first);
    expect(await subjectBy(store, [next])).toBe(first);
    expect(await subjectBy(kept(), [old])).not.toBe(first);
  });

  it('is agreed by servers that start at the same time [core-8.1-salt]', async () => {
    const store = kept();
    const servers = [1, 2, 3].map(() => startProvider({ clients, store, secrets: [old] }));
    const started = await Promise.all(servers);
    const subjects = await Promise.all(started.map((one) => subjectOf(one, 'web')));
    expect(new Set(subjects).size).toBe(1);
    for (const one of started) await one.close();
  });

  it('that no secret opens ends the start, also with keys of the host’s own', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const keys = { jwks: { keys: [{ ...(await exportJWK(privateKey)), kty: 'RSA' }] } };
    const es256 = await generateKeyPair('ES256', { extractable: true });
    keys.jwks.keys.push({ ...(await exportJWK(es256.privateKey)), kty: 'EC' });
    const store = kept();
    const own = await startProvider({ clients, store, secrets: [old], keys });
    await own.close();
    const wrong = startProvider({ clients, store, secrets: [next], keys });
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_SECRET_WRONG' });
  });
});

describe('subject: "pairwise" of the server', () => {
  it('is for every client that says nothing, and stays with a stored client', async () => {
    const { close: _close, ...store } = memoryStore();
    const all = publicClients.filter(({ client_id }) => client_id !== 'cli');
    const web = all.map((client) =>
      client.client_id === 'partner' ? { ...client, subject_type: 'public' as const } : client,
    );
    const first = await startProvider({ clients: web, store, openid: { subject: 'pairwise' } });
    expect(await subjectOf(first, 'web')).not.toBe('ada');
    expect(await subjectOf(first, 'partner')).toBe('ada');
    const made = await first.auth.clients.create({
      client_id: 'sibling',
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirect_uri],
      scope: 'openid',
      firstParty: true,
    });
    expect(made.subject_type).toBe('pairwise');
    // As a form's optional field comes: as good as not there.
    const unsaid = { subject_type: undefined, client_id: 'unsaid' } as object;
    const { client_id: _id, source: _source, client_id_issued_at: _at, ...members } = made;
    const other = await first.auth.clients.create({ ...members, ...unsaid });
    expect(other.subject_type).toBe('pairwise');
    const sub = await subjectOf(first, 'sibling');
    await first.close();
    const second = await startProvider({ clients: web, store });
    expect(await subjectOf(second, 'web')).toBe('ada');
    expect(await subjectOf(second, 'sibling')).toBe(sub);
    await second.close();
  });
});

describe('a stored pairwise client, once the server has lost its OpenID Connect', () => {
  it('still hears no account id: its access tokens are opaque, and it asks about them in vain', async () => {
    const { close: _close, ...store } = memoryStore();
    const redirect_uris = ['https://stored.test/cb'];
    const first = await startProvider({ store });
    const { client_id, client_secret = '' } = await first.auth.clients.create({
      redirect_uris,
      scope: 'notes:read',
      subject_type: 'pairwise',
      firstParty: true,
    });
    await first.close();
    const own = await startHost({ store });
    const params = { redirect_uri: 'https://stored.test/cb', scope: 'notes:read' };
    const { code, verifier } = await takeCode(own, client_id, { params });
    const headers = { authorization: basic(client_id, client_secret) };
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier };
    const { body } = await send(
      own,
      '/token',
      { ...form, redirect_uri: params.redirect_uri },
      headers,
    );
    expect(body.access_token).toMatch(/^[\w-]{43}$/);
    for (const token of [body.access_token, body.refresh_token]) {
      const asked = await send(own, '/introspect', { token: String(token) }, headers);
      expect(asked.body).toEqual({ active: false });
    }
    expect((await openApi(own, '/api/notes', String(body.access_token))).status).toBe(200);
    await own.close();
  });
});

describe('a pairwise client', () => {
  const told = async (change: Partial<ClientOptions>): Promise<string> => {
    const [web] = clients;
    try {
      const started = await startProvider({ clients: [{ ...web, ...change } as ClientOptions] });
      await started.close();
      return 'started';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, Partial<ClientOptions>]>([
    ['two hosts', { redirect_uris: ['https://web.test/cb', 'https://www.web.test/cb'] }],
    ['a loopback address', { redirect_uris: ['http://127.0.0.1/cb'] }],
    ['a scheme of its own', { redirect_uris: ['com.acme.notes:/cb'] }],
    ['a host in a scheme of its own', { redirect_uris: ['com.acme.notes://shop.test/cb'] }],
  ])(
    'that redirects to %s needs a sector_identifier_uri [core-8.1-hosts]',
    async (_title, change) => {
      expect(await told(change)).toContain(
        'clients[0].redirect_uris: say no sector, which a pairwise client needs',
      );
      const sector_identifier_uri = 'https://web.test/sector.json';
      expect(await told({ ...change, sector_identifier_uri })).toBe('started');
      expect(await told({ ...change, subject_type: 'public' })).toBe('started');
    },
  );

  it.each(['http://web.test/', 'https://user@web.test/', 'web.test', ''])(
    'cannot have the sector_identifier_uri %j (Registration §5)',
    async (sector_identifier_uri) => {
      expect(await told({ sector_identifier_uri })).toContain(
        'clients[0].sector_identifier_uri: must be an https: URL',
      );
    },
  );

  it('is the same to people when its sector_identifier_uri takes the place of its host', async () => {
    const { close: _close, ...store } = memoryStore();
    const before = await startProvider({ clients, store });
    const sub = await subjectOf(before, 'web');
    await before.close();
    const moved = clients.map((client) =>
      client.client_id === 'web'
        ? {
            ...client,
            redirect_uris: ['https://web.test/cb', 'https://new.test/cb'],
            sector_identifier_uri: 'https://web.test/sector.json',
          }
        : client,
    );
    const after = await startProvider({ clients: moved, store });
    expect(await subjectOf(after, 'web')).toBe(sub);
    await after.close();
  });

  it('is an option error without OpenID Connect', async () => {
    const [web] = publicClients;
    const plain = [{ ...web, scope: 'notes:read', post_logout_redirect_uris: undefined }];
    const wrong = startHost({ clients: [{ ...plain[0], subject_type: 'pairwise' }] as never });
    await expect(wrong).rejects.toThrow('clients[0].subject_type: is of OpenID Connect');
  });
});

describe('a stored pairwise client', () => {
  it('cannot be changed so that it would know everybody by another sub (Core §5.7)', async () => {
    const { client_id } = await host.auth.clients.create({
      redirect_uris: ['https://stored.test/cb'],
      scope: 'openid',
      subject_type: 'pairwise',
    });
    const other = `the client "${client_id}" would know everybody by another sub`;
    for (const changes of [
      { subject_type: 'public' as const },
      { subject_type: undefined },
      { redirect_uris: ['https://other.test/cb'] },
    ]) {
      await expect(host.auth.clients.update(client_id, changes)).rejects.toThrow(other);
    }
    const redirect_uris = ['https://stored.test/cb', 'https://stored.test/two'];
    expect(await host.auth.clients.update(client_id, { redirect_uris })).toMatchObject({
      redirect_uris,
    });
  });

  it('names no sector that does not list it, and no two hosts (Registration §5)', async () => {
    const made = (more: object): Promise<unknown> =>
      host.auth.clients.create({
        redirect_uris: ['https://stored.test/cb'],
        scope: 'openid',
        subject_type: 'pairwise',
        ...more,
      });
    for (const sector_identifier_uri of [
      `${host.origin.replace('http:', 'https:')}/sector.json`,
      'https://169.254.169.254/sector.json',
      'https://sector.invalid/sector.json',
    ]) {
      await expect(made({ sector_identifier_uri })).rejects.toThrow(
        'client.sector_identifier_uri: cannot be checked',
      );
    }
    const { client_id } = (await made({})) as { client_id: string };
    const sector_identifier_uri = 'https://127.0.0.1/stored.json';
    await expect(host.auth.clients.update(client_id, { sector_identifier_uri })).rejects.toThrow(
      'would know everybody by another sub',
    );
    const hosts = { redirect_uris: ['https://a.test/cb', 'https://b.test/cb'] };
    await expect(made(hosts)).rejects.toThrow('client.redirect_uris: say no sector');
  });
});
