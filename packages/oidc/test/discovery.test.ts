import { decodeProtectedHeader } from 'jose';
import { browserAgent } from '../../core/test/browser-agent.js';
import { startHost, type TestHost } from '../../core/test/host.js';
import { answerOf, start } from '../../core/test/interaction-page.js';
import { logIn, redeem, takeCode } from '../../core/test/oauth-client.js';
import { clients, scopes, signedClients, signedIn, startProvider, userinfo } from './provider.js';

const wellKnown = '/.well-known/openid-configuration';
const redirect_uri = 'https://web.test/cb';

let host: TestHost;
let document: Record<
  | 'scopes_supported'
  | 'response_modes_supported'
  | 'prompt_values_supported'
  | 'id_token_signing_alg_values_supported'
  | 'claims_supported',
  string[]
> &
  Record<string, unknown>;
beforeAll(async () => {
  host = await startProvider({ clients: signedClients, openid: { acr: ['urn:acme:mfa'] } });
  document = (await (await fetch(`${host.issuer}${wellKnown}`)).json()) as typeof document;
});
afterAll(() => host.close());

describe('the discovery document (Discovery §3, §4)', () => {
  it('stands behind the path of the issuer, and in front of it, byte for byte the same [discovery-4-place, discovery-4.2-json, discovery-3-issuer]', async () => {
    const urls = [`${host.issuer}${wellKnown}`, `${host.origin}${wellKnown}${host.mount}`];
    const replies = await Promise.all(urls.map((url) => fetch(url)));
    const [first, second] = await Promise.all(replies.map((reply) => reply.text()));
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(first).toBe(second);
    expect(document.issuer).toBe(host.issuer);
    for (const { headers } of replies) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('has a strong ETag, and answers 304 to it (RFC 9110 §13.1.2) [discovery-4.2-validator]', async () => {
    const url = `${host.issuer}${wellKnown}`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    const again = await fetch(url, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('has every member that Discovery §3 requires [discovery-3-required]', () => {
    for (const name of [
      ...['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'],
      ...['response_types_supported', 'subject_types_supported', 'scopes_supported'],
      'id_token_signing_alg_values_supported',
    ]) {
      expect([name, document[name]]).toEqual([name, expect.anything()]);
    }
    expect(document.id_token_signing_alg_values_supported).toContain('RS256');
  });

  it('is the metadata of RFC 8414 too [rfc8414-3-same]', async () => {
    const url = `${host.origin}/.well-known/oauth-authorization-server${host.mount}`;
    expect(await (await fetch(url)).json()).toEqual(document);
  });

  it('is not there without the plugin, as is nothing of OpenID Connect [discovery-4-without]', async () => {
    const plain = await startHost({
      after: (app) => void app.use((_req, res) => void res.sendStatus(404)),
    });
    try {
      for (const path of [wellKnown, '/userinfo', '/logout']) {
        expect([path, (await fetch(`${plain.issuer}${path}`)).status]).toEqual([path, 404]);
      }
      const posted = await fetch(`${plain.issuer}/authorize`, { method: 'POST' });
      expect(posted.status).toBe(405);
      const back = await start(plain, browserAgent(plain.origin), 'web', {
        response_mode: 'form_post',
      });
      expect(back.location).toContain('error=unsupported_response_mode');
    } finally {
      await plain.close();
    }
  });
});

describe('what the discovery document says works, and nothing else of its kind does', () => {
  it('scopes_supported [discovery-3-scopes]', async () => {
    const { agent } = await signedIn(host);
    for (const scope of document.scopes_supported) {
      const params = { scope: scope.includes(':') ? scope : `openid ${scope}` };
      expect([scope, answerOf(await start(host, agent, 'web', params))]).toEqual([
        scope,
        expect.objectContaining({ code: expect.any(String) }),
      ]);
    }
    expect([...document.scopes_supported].sort()).toEqual(scopes.split(' ').sort());
    const back = await start(host, agent, 'web', { scope: 'openid phone' });
    expect(answerOf(back)).toMatchObject({ error: 'invalid_scope' });
  });

  it('response_modes_supported [discovery-3-response-modes, core-3.1.2.1-response-mode]', async () => {
    const { agent } = await signedIn(host);
    const works = async (response_mode: string): Promise<boolean> => {
      const reply = await start(host, agent, 'web', { scope: 'openid', response_mode });
      return `${reply.location}${reply.text}`.includes('code');
    };
    for (const mode of document.response_modes_supported) expect(await works(mode)).toBe(true);
    for (const mode of ['jwt', 'web_message', 'gatehouse_form_post', 'query.jwt']) {
      const back = await start(host, agent, 'web', { scope: 'openid', response_mode: mode });
      expect(answerOf(back)).toMatchObject({ error: 'unsupported_response_mode' });
    }
  });

  it('prompt_values_supported [discovery-3-prompts, core-3.1.2.1-prompt-unknown]', async () => {
    const { agent } = await signedIn(host);
    for (const prompt of document.prompt_values_supported) {
      const reply = await start(host, agent, 'web', { scope: 'openid', prompt });
      expect([prompt, reply.location ?? '']).toEqual([
        prompt,
        expect.not.stringContaining('error'),
      ]);
    }
    const back = await start(host, agent, 'web', { scope: 'openid', prompt: 'create' });
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request' });
  });

  it('id_token_signing_alg_values_supported and userinfo_signing_alg_values_supported [discovery-3-algorithms]', async () => {
    const seen = new Set<unknown>();
    for (const client of ['web', 'ES256', 'PS256', 'EdDSA']) {
      const params = { scope: 'openid', redirect_uri };
      const { code, verifier } = await takeCode(host, client, { params });
      const { body } = await redeem(host, client, code, verifier, { redirect_uri });
      const { alg } = decodeProtectedHeader(String(body.id_token));
      seen.add(alg);
      const info = await userinfo(host, String(body.access_token));
      if (client !== 'web') expect(decodeProtectedHeader(info.text).alg).toBe(alg);
    }
    expect([...seen].sort()).toEqual([...document.id_token_signing_alg_values_supported].sort());
    expect(document.userinfo_signing_alg_values_supported).toEqual(
      document.id_token_signing_alg_values_supported,
    );
    const jwks = (await (await fetch(String(document.jwks_uri))).json()) as {
      keys: { alg: string }[];
    };
    expect(new Set(jwks.keys.map(({ alg }) => alg))).toEqual(seen);
  });

  it('claims_supported and claims_parameter_supported [discovery-3-claims]', async () => {
    const claims = JSON.stringify({
      userinfo: Object.fromEntries(document.claims_supported.map((name) => [name, null])),
    });
    const { access_token } = await logIn(host, 'web', { params: { scope: 'openid', claims } });
    const { body } = await userinfo(host, access_token);
    for (const name of Object.keys(body)) expect(document.claims_supported).toContain(name);
    expect(Object.keys(body).sort()).toEqual([
      ...['company_id', 'email', 'email_verified', 'name', 'sub'],
    ]);
  });

  it('subject_types_supported: two clients get the same subject [discovery-3-subject-types, core-8-public]', async () => {
    expect(document.subject_types_supported).toEqual(['public', 'pairwise']);
    for (const client of ['web', 'spa']) {
      const { access_token } = await logIn(host, client, { params: { scope: 'openid' } });
      expect((await userinfo(host, access_token)).body.sub).toBe('ada');
    }
  });

  it('request_parameter_supported and request_uri_parameter_supported are false [discovery-3-request-parameters]', () => {
    expect(document).toMatchObject({
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
  });

  it('endpoints: each answers, and takes what it says [discovery-3-endpoints, rplogout-2.1-metadata]', async () => {
    for (const name of ['userinfo_endpoint', 'token_endpoint', 'end_session_endpoint']) {
      expect((await fetch(String(document[name]), { method: 'POST' })).status).not.toBe(404);
    }
    expect((await fetch(String(document.authorization_endpoint))).status).toBe(400);
  });
});

describe('a client', () => {
  it('with a member of OpenID Connect is an option error without the plugin', async () => {
    const problem = 'clients[0].id_token_signed_response_alg: is of OpenID Connect';
    const [web] = clients.map((client) => ({ ...client, scope: 'notes:read' }));
    const wrong = [{ ...web, id_token_signed_response_alg: 'RS256' as const }];
    await expect(startHost({ clients: wrong as never })).rejects.toThrow(problem);
    const plain = await startHost();
    const made = plain.auth.clients.create({
      redirect_uris: [redirect_uri],
      firstParty: true,
      claimsInIdToken: true,
    });
    await expect(made).rejects.toThrow('client.claimsInIdToken: is of OpenID Connect');
    await plain.close();
  });

  it('that asks for an algorithm without a key is refused when it is registered [registration-2-alg-unknown]', async () => {
    const few = await startProvider({ clients: clients.slice(0, 1) });
    const made = few.auth.clients.create({
      redirect_uris: [redirect_uri],
      firstParty: true,
      id_token_signed_response_alg: 'PS256',
    });
    await expect(made).rejects.toThrow('asks for "PS256", and there is no key for it');
    await few.close();
  });
});
