import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type LogoutReceiver, startReceiver } from '../../../../scripts/testing/logout-receiver.js';
import type { TestHost } from '../../../core/test/host.js';
import { bye, type SuiteClient, startSuiteProvider, suiteClientOf } from './suite-client.js';

const event = 'http://schemas.openid.net/event/backchannel-logout';

// Our reading of the Back-Channel Logout plan, under the names of its modules.
describe.each(['', '/auth'])('at "%s"', (mount) => {
  let receiver: LogoutReceiver;
  let host: TestHost;
  let client: SuiteClient;
  beforeAll(async () => {
    receiver = await startReceiver();
    host = await startSuiteProvider(mount, {
      backchannel_logout_uri: `${receiver.origin}/backchannel_logout`,
      backchannel_logout_session_required: true,
    });
  });
  beforeEach(() => {
    client = suiteClientOf(host, 'query');
    receiver.received.length = 0;
  });
  afterAll(async () => {
    await host.close();
    await receiver.close();
  });

  it('oidcc-backchannel-rp-initiated-logout: a logout token of this session, and nobody is logged in any more', async () => {
    const { body, idToken } = await client.logIn();
    expect(idToken.sid).toEqual(expect.any(String));
    const params = { id_token_hint: String(body.id_token), post_logout_redirect_uri: bye };
    const back = await client.agent.get(`${host.issuer}/logout?${new URLSearchParams(params)}`);
    expect(back.location).toBe(bye);
    const [sent] = await receiver.wait(1);
    const jwks = createRemoteJWKSet(new URL(`${host.issuer}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(sent?.token ?? '', jwks, {
      issuer: host.issuer,
      audience: 'suite',
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
    expect((await client.ask({ prompt: 'none' })).answer.error).toBe('login_required');
  });

  it('oidcc-backchannel-discovery-endpoint-verification', async () => {
    const reply = await fetch(`${host.issuer}/.well-known/openid-configuration`);
    expect(await reply.json()).toMatchObject({
      end_session_endpoint: `${host.issuer}/logout`,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
  });
});
