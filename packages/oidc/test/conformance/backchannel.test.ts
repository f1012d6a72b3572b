import { createRemoteJWKSet, jwtVerify } from 'jose';
import {
  bye,
  type SuiteClient,
  type SuiteHost,
  startSuiteProvider,
  suiteClientOf,
} from './suite-client.js';

const client_id = 'conformance-backchannel';

const event = 'http://schemas.openid.net/event/backchannel-logout';

// Our reading of the Back-Channel Logout plan, under the names of its modules.
describe.each(['', '/auth'])('at "%s"', (mount) => {
  let host: SuiteHost;
  let client: SuiteClient;
  beforeAll(async () => {
    host = await startSuiteProvider(mount);
  });
  beforeEach(() => {
    client = suiteClientOf(host, 'query');
    host.receiver.received.length = 0;
  });
  afterAll(() => host.close());

  it('oidcc-backchannel-rp-initiated-logout: a logout token of this session, and nobody is logged in any more', async () => {
    const { body, idToken } = await client.logIn({ client_id });
    expect(idToken.sid).toEqual(expect.any(String));
    const params = { id_token_hint: String(body.id_token), post_logout_redirect_uri: bye };
    const back = await client.agent.get(`${host.issuer}/logout?${new URLSearchParams(params)}`);
    expect(back.location).toBe(bye);
    const [sent] = await host.receiver.wait(1);
    expect([sent?.method, sent?.path]).toEqual(['POST', '/test/a/gatehouse/backchannel_logout']);
    expect([...(sent?.form.keys() ?? [])]).toEqual(['logout_token']);
    const jwks = createRemoteJWKSet(new URL(`${host.issuer}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(sent?.token ?? '', jwks, {
      issuer: host.issuer,
      audience: client_id,
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      sub: idToken.sub,
      sid: idToken.sid,
      iat: expect.any(Number),
      jti: expect.any(String),
      events: { [event]: {} },
    });
    expect(payload).not.toHaveProperty('nonce');
    expect((await client.ask({ client_id, prompt: 'none' })).answer.error).toBe('login_required');
  });

  it('oidcc-backchannel-discovery-endpoint-verification', () => {
    expect(host.metadata).toMatchObject({
      end_session_endpoint: `${host.issuer}/logout`,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
  });
});
