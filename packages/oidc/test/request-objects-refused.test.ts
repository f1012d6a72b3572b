import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { assertion, assertionClaims } from '../../core/test/assertion.js';
import { type BrowserAgent, browserAgent } from '../../core/test/browser-agent.js';
import { webSecret } from '../../core/test/host.js';
import { answerOf } from '../../core/test/interaction-page.js';
import { travel } from '../../core/test/travel.js';
import { signedIn } from './provider.js';
import {
  clientKey,
  signingSuite,
  objectClaims,
  requestParams,
  sign,
  unsecured,
} from './request-object.js';

const suite = signingSuite();
const { ask, urlOf } = suite;
const browser = (): BrowserAgent => browserAgent(suite.host.origin);

describe('a request object that is refused (RFC 9101 §6, §10)', () => {
  const beside = { redirect_uri: 'https://web.test/cb', state: 'beside' };

  /** The answer to a request object, which goes where the query says, if that is registered. */
  async function refused(request: string): Promise<Record<string, string>> {
    const { agent } = await signedIn(suite.host);
    return answerOf(await agent.follow(urlOf(request, beside)));
  }

  it.each<[string, Record<string, unknown>, string]>([
    ['no iss', { iss: undefined }, 'iss must be the client_id'],
    ['another iss', { iss: 'spa' }, 'iss must be the client_id'],
    ['no aud', { aud: undefined }, 'aud must be the issuer'],
    ['another aud', { aud: 'https://other.test' }, 'aud must be the issuer'],
    ['no exp', { exp: undefined }, 'exp is missing or over'],
    ['an exp that is over', { exp: 1 }, 'exp is missing or over'],
    ['an exp that is a text', { exp: '9999999999' }, 'exp is missing or over'],
    ['an exp that is far', { exp: 99999999999 }, 'exp must be at most an hour ahead'],
    ['a nbf that is ahead', { nbf: 99999999999 }, 'nbf must not be in the future'],
    ['an iat that is a text', { iat: 'now' }, 'iat must not be in the future'],
    ['the sub of a client assertion', { sub: 'web' }, 'sub must not be the client_id'],
    ['no client_id', { client_id: undefined }, 'client_id must be the one of the request'],
    ['another client_id', { client_id: 'partner' }, 'client_id must be the one of the request'],
    ['a client_id in a list', { client_id: ['web'] }, 'client_id must be the one of the request'],
    ['a request in it', { request: 'x' }, 'request must not be in a request object'],
    ['a request_uri in it', { request_uri: 'urn:x' }, 'request_uri must not be in a request'],
  ])('has %s [core-6.1-nested, rfc9101-4-claims]', async (_title, change, words) => {
    const answer = await refused(await sign(suite.key, objectClaims(suite.host, change)));
    expect(answer).toMatchObject({
      error: 'invalid_request_object',
      error_description: expect.stringContaining(words),
      state: 'beside',
      iss: suite.host.issuer,
    });
  });

  it('is not signed, or not by the client, or otherwise than it registered [core-6.1-signature]', async () => {
    const claims = objectClaims(suite.host);
    const other = await clientKey();
    const rsa = await clientKey('RS256');
    const secret = createSecretKey(Buffer.from(webSecret));
    const symmetric = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' });
    const [head, body, signature] = (await sign(suite.key, claims)).split('.');
    const [, otherBody] = (
      await sign(suite.key, objectClaims(suite.host, { scope: 'openid email' }))
    ).split('.');
    for (const request of [
      unsecured(claims),
      unsecured(claims, 'None'),
      unsecured(claims, 'ES256'),
      await symmetric.sign(secret),
      await sign(other, claims),
      await sign(rsa, claims),
      `${head}.${body}.`,
      `${head}.${otherBody}.${signature}`,
      `${head}.${body}.${signature}.x.y`,
    ]) {
      expect(await refused(request)).toMatchObject({ error: 'invalid_request_object' });
    }
  });

  it('brings its own key, or an address of one (RFC 8725 §3.10)', async () => {
    const other = await clientKey();
    const [jwk] = other.jwks.keys;
    for (const header of [
      { jwk },
      { jku: 'https://evil.test/jwks' },
      { x5u: 'https://evil.test' },
    ]) {
      const request = await sign(other, objectClaims(suite.host), header);
      expect(await refused(request)).toMatchObject({ error: 'invalid_request_object' });
    }
  });

  it('was signed for another purpose (RFC 8725 §3.11, RFC 9101 §10.8) [rfc9101-10.8-purpose]', async () => {
    for (const typ of ['at+jwt', 'dpop+jwt', 'logout+jwt', 7]) {
      const request = await sign(suite.key, objectClaims(suite.host), { typ });
      expect(await refused(request)).toMatchObject({ error: 'invalid_request_object' });
    }
    const clientAssertion = await assertion(suite.key, {
      ...assertionClaims(suite.host, 'web'),
      ...requestParams().params,
    });
    expect(await refused(clientAssertion)).toMatchObject({ error: 'invalid_request_object' });
    const { id_token } = (await signedIn(suite.host)).tokens;
    expect(await refused(id_token)).toMatchObject({ error: 'invalid_request_object' });
  });

  it('has a critical extension, or a kid of no key', async () => {
    const critical = { b64: true, crit: ['b64'] };
    expect(await refused(await sign(suite.key, objectClaims(suite.host), critical))).toMatchObject({
      error: 'invalid_request_object',
    });
    expect(
      await refused(await sign(suite.key, objectClaims(suite.host), { kid: 'x' })),
    ).toMatchObject({
      error: 'invalid_request_object',
    });
  });

  it.each([
    'x',
    '..',
    'a.b.c',
    '\0',
    '__proto__',
    '[]',
    '{}',
    'e30.W10.',
    `${'a'.repeat(5000)}.b.c`,
  ])('is %.20j', async (request) => {
    expect(await refused(request)).toMatchObject({ error: 'invalid_request_object' });
  });

  it('holds a list, a text or bytes instead of claims', async () => {
    const { CompactSign } = await import('jose');
    for (const payload of ['[]', '"x"', 'null', '{', '\xff\xfe']) {
      const bytes = Buffer.from(payload, 'latin1');
      const signer = new CompactSign(bytes).setProtectedHeader({ alg: 'ES256' });
      expect(await refused(await signer.sign(suite.key.privateKey))).toMatchObject({
        error: 'invalid_request_object',
      });
    }
  });

  it('says another response_type than the query (Core §6.1) [core-6.1-beside]', async () => {
    const { agent } = await signedIn(suite.host);
    const back = await ask(agent, {}, { ...beside, response_type: 'token' });
    // As the query asks: a token would come in the fragment.
    expect(back.location).toContain('#error=invalid_request_object');
  });

  it('goes to no address that the query makes up: it is a page', async () => {
    const { agent } = await signedIn(suite.host);
    for (const redirect_uri of ['https://evil.test/', 'javascript:alert(1)']) {
      const page = await agent.follow(urlOf('x', { redirect_uri }));
      expect([page.status, page.location]).toEqual([400, undefined]);
      const inside = await ask(agent, { redirect_uri });
      expect([inside.status, inside.location]).toEqual([400, undefined]);
    }
  });

  it('is of a client that has no key, or does not exist', async () => {
    const agent = browser();
    const request = await sign(
      suite.key,
      objectClaims(suite.host, { iss: 'spa', client_id: 'spa' }),
    );
    const keyless = await agent.follow(urlOf(request, { client_id: 'spa' }));
    expect(answerOf(keyless)).toMatchObject({ error: 'invalid_request_object' });
    for (const client_id of ['nobody', '__proto__', '\0', '']) {
      const page = await agent.follow(urlOf(request, { client_id }));
      expect([page.status, page.location]).toEqual([400, undefined]);
    }
  });

  it('comes twice, or with a request_uri', async () => {
    const { agent } = await signedIn(suite.host);
    const url = urlOf(await sign(suite.key, objectClaims(suite.host)), beside);
    const twice = await agent.follow(`${url}&request=x`);
    expect(answerOf(twice)).toMatchObject({ error: 'invalid_request' });
    const both = await agent.follow(`${url}&request_uri=https%3A%2F%2Fevil.test`);
    expect(answerOf(both)).toMatchObject({ error: 'invalid_request' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['invalid_scope', { scope: ['openid'] }],
    ['invalid_scope', { scope: { openid: true } }],
    ['invalid_scope', { scope: 'openid unheard:of' }],
    ['invalid_request', { prompt: ['none'] }],
    ['invalid_request', { max_age: -1 }],
    ['invalid_request', { max_age: {} }],
    ['invalid_request', { max_age: 1.5 }],
    ['invalid_request', { max_age: 1e21 }],
    ['invalid_request', { max_age: [5] }],
    ['invalid_request', { max_age: true }],
    ['invalid_request', { max_age: '1e3' }],
    ['invalid_request', { max_age: '0x10', scope: 'notes:read' }],
    ['invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_request', { claims: [] }],
    ['invalid_request', { claims: 'x' }],
    ['unsupported_response_type', { response_type: 'none' }],
    ['unsupported_response_mode', { response_mode: 'web_message' }],
    ['registration_not_supported', { registration: {} }],
    ['invalid_target', { resource: ['https://other.test'] }],
  ])('is right and asks for what cannot be had: %s for %j', async (error, change) => {
    const { agent } = await signedIn(suite.host);
    const back = await ask(agent, change);
    expect(answerOf(back)).toMatchObject({ error, state: 'state-inside' });
  });

  it('names parameters of ours that nobody may set', async () => {
    const { agent } = await signedIn(suite.host);
    travel(100);
    const back = await ask(agent, { scope: 'notes:read', gatehouse_max_age: '1', __proto__: 'x' });
    expect(answerOf(back)).toHaveProperty('code');
  });

  it('stays out of the log', async () => {
    const request = await sign(
      suite.key,
      objectClaims(suite.host, { login_hint: 'ada@people.test', exp: 1 }),
    );
    await refused(request);
    const log = JSON.stringify(suite.host.log);
    expect(log).not.toContain(request.slice(0, 40));
    expect(log).not.toContain('ada@people.test');
  });
});
