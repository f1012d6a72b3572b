import { decodeJwt } from 'jose';
import { headingOf } from '../../../core/test/interaction-page.js';
import {
  bye,
  type SuiteClient,
  type SuiteHost,
  startSuiteProvider,
  suiteClientOf,
  type SuiteTokens,
  usual,
} from './suite-client.js';

// Our reading of the RP-Initiated Logout plan, under the names of its modules.
describe.each(['', '/auth'])('at "%s"', (mount) => {
  let host: SuiteHost;
  let client: SuiteClient;
  let tokens: SuiteTokens;
  beforeAll(async () => {
    host = await startSuiteProvider(mount);
  });
  beforeEach(async () => {
    client = suiteClientOf(host, 'query');
    tokens = await client.logIn();
  });
  afterAll(() => host.close());

  const hint = (): string => String(tokens.body.id_token);
  /** What the browser sees at the logout endpoint. */
  async function logOut(params: Record<string, string>): Promise<{ seen: string; out: boolean }> {
    const page = await client.agent.get(`${host.issuer}/logout?${new URLSearchParams(params)}`);
    const { answer } = await client.ask({ prompt: 'none' });
    return { seen: page.location ?? headingOf(page), out: answer.error === 'login_required' };
  }

  it('oidcc-rp-initiated-logout: out, and back with state', async () => {
    const params = { id_token_hint: hint(), post_logout_redirect_uri: bye, state: 'a+b /=' };
    const { seen, out } = await logOut(params);
    expect([new URL(seen).searchParams.get('state'), out]).toEqual(['a+b /=', true]);
    expect(seen.startsWith(`${bye}?state=`)).toBe(true);
  });

  it('oidcc-rp-initiated-logout-no-state: back without one', async () => {
    const params = { id_token_hint: hint(), post_logout_redirect_uri: bye };
    expect(await logOut(params)).toEqual({ seen: bye, out: true });
  });

  it('oidcc-rp-initiated-logout-no-post-logout-redirect-uri: out, and a page says so', async () => {
    const signedOut = { seen: 'You are signed out', out: true };
    expect(await logOut({ id_token_hint: hint(), state: 's' })).toEqual(signedOut);
  });

  it.each([
    ['no-params', {}],
    ['only-state', { state: 's' }],
    ['no-id-token-hint', { post_logout_redirect_uri: bye, state: 's' }],
    ['no-id-token-hint, with client_id', { client_id: usual, post_logout_redirect_uri: bye }],
  ])('oidcc-rp-initiated-logout-%s: the person is asked', async (_module, params) => {
    const asked = { seen: 'Do you want to sign out?', out: false };
    expect(await logOut({ ...params } as Record<string, string>)).toEqual(asked);
  });

  const refused: [string, (own: string) => Record<string, string>][] = [
    ['bad-id-token-hint', () => ({ id_token_hint: 'bad', post_logout_redirect_uri: bye })],
    [
      'modified-id-token-hint',
      (own) => ({ id_token_hint: modified(own), post_logout_redirect_uri: bye }),
    ],
    [
      'bad-post-logout-redirect-uri',
      (own) => ({ id_token_hint: own, post_logout_redirect_uri: `${bye}/other` }),
    ],
    [
      'query-added-to-post-logout-redirect-uri',
      (own) => ({ id_token_hint: own, post_logout_redirect_uri: `${bye}?foo=bar` }),
    ],
  ];
  it.each(refused)(
    'oidcc-rp-initiated-logout-%s: a page, and nobody is sent anywhere',
    async (_module, paramsOf) => {
      const { seen, out } = await logOut({ ...paramsOf(hint()), state: 's' });
      expect([seen.includes(new URL(bye).host), seen === '', out]).toEqual([false, false, false]);
    },
  );

  it('oidcc-discovery-endpoint-verification: says where it is', () => {
    expect(host.metadata).toMatchObject({ end_session_endpoint: `${host.issuer}/logout` });
  });

  // A call that the plan does not wait for fails the module that is running, whichever that is.
  it('none of these logouts calls the client behind the browser’s back', async () => {
    const out = async (idToken: unknown): Promise<unknown> =>
      (await logOut({ id_token_hint: String(idToken), post_logout_redirect_uri: bye })).out;
    expect(await out(tokens.body.id_token)).toBe(true);
    // One that is to be called comes after all of them, so that there is something to wait for.
    const last = await client.logIn({ client_id: 'conformance-backchannel' });
    expect(await out(last.body.id_token)).toBe(true);
    const calls = await host.receiver.wait(1);
    expect(calls.map(({ claims }) => claims.aud)).toEqual(['conformance-backchannel']);
  });
});

/** The same token with another subject, and the old signature. */
function modified(idToken: string): string {
  const [head, , signature] = idToken.split('.');
  const payload = Buffer.from(JSON.stringify({ ...decodeJwt(idToken), sub: 'bob' }));
  return [head, payload.toString('base64url'), signature].join('.');
}
