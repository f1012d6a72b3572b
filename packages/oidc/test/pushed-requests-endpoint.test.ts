import type { ClientOptions } from '@gatehouse/core';
import { assertion, assertionClaims } from '../../core/test/assertion.js';
import { answerOf } from '../../core/test/interaction-page.js';
import { basic, secretOf, send } from '../../core/test/machine-client.js';
import type { Answer } from '../../core/test/oauth-client.js';
import { signedIn, startProvider } from './provider.js';
import { clientKey, objectClaims, requestParams, sign, unsecured } from './request-object.js';
import { pushingSuite } from './push-request.js';

type Pair = [string, string];
const many = (name: string, count: number): Pair[] =>
  Array.from({ length: count }, () => [name, '1']);

const suite = pushingSuite();
const { open, push, pushBare, urlOf } = suite;

describe('the pushed authorization request endpoint (RFC 9126 §2)', () => {
  it('authenticates the client as the token endpoint does (§2.1) [rfc9126-2.1-authentication]', async () => {
    const { params } = requestParams();
    const wrong = { authorization: basic('web', 'wrong') };
    expect(await push(params, { headers: wrong })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    const none = await pushBare(params);
    expect([none.status, none.body.error]).toEqual([401, 'invalid_client']);
    const unknown = await pushBare({ ...params, client_id: 'nobody' });
    expect([unknown.status, unknown.body.error]).toEqual([401, 'invalid_client']);
    const inBody = { ...params, client_secret: secretOf('web') };
    expect((await pushBare(inBody)).status).toBe(201);
  });

  it('keeps nothing for another client than the one that authenticates', async () => {
    const { params } = requestParams({
      client_id: 'partner',
      redirect_uri: 'https://partner.test/cb',
    });
    for (const { status, body } of [
      await push(params),
      await push({
        client_id: 'partner',
        request: await sign(suite.key, objectClaims(suite.host)),
      }),
    ]) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body).not.toHaveProperty('request_uri');
    }
    const twice = [...(Object.entries(requestParams().params) as Pair[]), ['client_id', 'partner']];
    const headers = { authorization: basic('web', secretOf('web')) };
    expect((await send(suite.host, '/par', twice, headers)).status).toBe(400);
  });

  it('counts failures, and then waits (§2.3)', async () => {
    const headers = { 'authorization': basic('web', 'wrong'), 'x-forwarded-for': '10.9.9.9' };
    for (let tries = 0; tries < 10; tries += 1) {
      expect((await push(requestParams().params, { headers })).status).toBe(401);
    }
    const limited = await push(requestParams().params, { headers });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('takes a public client, by its id', async () => {
    const { params } = requestParams({ client_id: 'spa', redirect_uri: 'https://spa.test/cb' });
    const { status, body } = await pushBare(params);
    expect(status).toBe(201);
    const { agent } = await signedIn(suite.host);
    const back = await agent.follow(urlOf(body.request_uri, { client_id: 'spa' }));
    expect(back.location).toMatch(/^https:\/\/spa\.test\/cb\?.*code=/);
    const origin = 'https://spa.test';
    const cors = await pushBare(params, { headers: { origin } });
    expect(cors.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it('takes an assertion for the issuer, the token endpoint and itself, once (§2) [rfc9126-2-audience]', async () => {
    const { params } = requestParams({
      client_id: 'robot',
      redirect_uri: 'https://robot.test/cb',
      scope: 'notes:read',
    });
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const asserted = async (client_assertion: string): Promise<Answer> =>
      pushBare({ ...params, client_assertion, client_assertion_type });
    const made = (aud: unknown): Promise<string> =>
      assertion(suite.key, assertionClaims(suite.host, 'robot', { aud }));
    for (const aud of [
      suite.host.issuer,
      `${suite.host.issuer}/token`,
      `${suite.host.issuer}/par`,
    ]) {
      expect((await asserted(await made(aud))).status).toBe(201);
    }
    for (const aud of [`${suite.host.issuer}/revoke`, [suite.host.issuer], 'https://other.test']) {
      expect((await asserted(await made(aud))).status).toBe(401);
    }
    const once = await made(suite.host.issuer);
    expect((await asserted(once)).status).toBe(201);
    expect((await asserted(once)).body.error).toBe('invalid_client');
    const form = { grant_type: 'client_credentials', client_assertion_type };
    const elsewhere = { ...form, client_assertion: await made(`${suite.host.issuer}/par`) };
    expect((await send(suite.host, '/token', elsewhere)).body.error).toBe('invalid_client');
  });

  it.each<[string, Record<string, unknown>]>([
    ['invalid_request', { redirect_uri: 'https://evil.test/' }],
    ['invalid_request', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
    ['invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
    ['invalid_request', { prompt: 'none login' }],
    ['invalid_request', { max_age: 'x' }],
    ['invalid_request', { max_age: '1e3' }],
    ['invalid_request', { max_age: '+5', scope: 'notes:read' }],
    ['invalid_request', { claims: '[]' }],
    ['invalid_request', { id_token_hint: 'x' }],
    ['invalid_scope', { scope: 'openid unheard:of' }],
    ['invalid_scope', { scope: 'openid \0' }],
    ['invalid_target', { resource: 'https://other.test' }],
    ['unsupported_response_type', { response_type: 'token' }],
    ['unsupported_response_mode', { response_mode: 'web_message' }],
    ['registration_not_supported', { registration: '{}' }],
  ])(
    'checks the request as the authorization endpoint would (§2.1): %s for %j [rfc9126-2.1-checks]',
    async (error, change) => {
      const { status, headers, body } = await push(requestParams(change).params);
      expect([status, body.error]).toEqual([400, error]);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('location')).toBeNull();
    },
  );

  it('refuses what is repeated, too large, JSON, or of another method', async () => {
    const { params } = requestParams();
    const pairs = [...Object.entries(params), ['scope', 'openid']] as Pair[];
    const headers = { authorization: basic('web', secretOf('web')) };
    const twice = await send(suite.host, '/par', pairs, headers);
    expect([twice.status, twice.body.error]).toEqual([400, 'invalid_request']);
    const hidden = [...Object.entries(params), ...many('x', 1200), ['state', 'b']] as Pair[];
    const crowd = await send(suite.host, '/par', hidden, headers);
    expect([crowd.status, crowd.body.error]).toEqual([400, 'invalid_request']);
    for (const length of [17_000, 70_000]) {
      const large = await push({ ...params, state: 's'.repeat(length) });
      expect([large.status, large.body.error]).toEqual([413, 'invalid_request']);
    }
    expect((await push({ ...params, state: 's'.repeat(10_000) })).status).toBe(201);
    const json = await push(params, { headers: { 'content-type': 'application/json' } });
    expect(json.status).toBe(400);
    const get = await fetch(`${suite.host.origin}${suite.host.mount}/par`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  it('refuses a machine that has no redirect URI, and the credential of a resource', async () => {
    const robot: ClientOptions = {
      client_id: 'machine',
      client_secret: secretOf('machine'),
      grant_types: ['client_credentials'],
      scope: 'notes:read',
    };
    const own = await startProvider({ clients: [robot], openid: { pushedRequests: true } });
    const { params } = requestParams({ client_id: 'machine' });
    const { status, body } = await push(params, { at: own, clientId: 'machine' });
    expect(status).toBe(400);
    expect(body.error).toMatch(/invalid_request|unauthorized_client/);
    await own.close();
  });

  it('stays out of the log and of every URL', async () => {
    const { agent } = await signedIn(suite.host);
    await open(agent, { login_hint: 'ada@people.test', prompt: 'login' });
    expect(JSON.stringify(suite.host.log)).not.toContain('ada@people.test');
  });
});

describe('a request object that is pushed (RFC 9126 §3)', () => {
  it('is the request, and what stands beside it is not taken [rfc9126-3-object]', async () => {
    const { agent } = await signedIn(suite.host);
    const request = await sign(suite.key, objectClaims(suite.host, { scope: 'openid email' }));
    const beside = { client_id: 'web', state: 'beside', prompt: 'login', scope: 'openid' };
    const { status, body } = await push({ request, ...beside });
    expect(status).toBe(201);
    const back = await agent.follow(urlOf(body.request_uri));
    expect(answerOf(back)).toMatchObject({ code: expect.any(String), state: 'state-inside' });
  });

  it('is refused as at the authorization endpoint, once the client is authenticated', async () => {
    const other = await clientKey();
    for (const request of [
      'x',
      unsecured(objectClaims(suite.host)),
      await sign(other, objectClaims(suite.host)),
      await sign(suite.key, objectClaims(suite.host, { aud: 'https://other.test' })),
      await sign(suite.key, objectClaims(suite.host, { iss: 'partner', client_id: 'partner' })),
    ]) {
      const { status, body } = await push({ client_id: 'web', request });
      expect([status, body.error]).toEqual([400, 'invalid_request_object']);
      const stranger = await push(
        { client_id: 'web', request },
        { headers: { authorization: basic('web', 'x') } },
      );
      expect([stranger.status, stranger.body.error]).toEqual([401, 'invalid_client']);
    }
  });

  it('holds no credentials that count', async () => {
    const inside = { client_secret: secretOf('web'), client_assertion: 'x' };
    const request = await sign(suite.key, objectClaims(suite.host, inside));
    const none = await pushBare({ client_id: 'web', request });
    expect([none.status, none.body.error]).toEqual([401, 'invalid_client']);
  });
});
