import { browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { authorizationUrl, authorize, codeOf, logIn, redeem, refresh } from '../oauth-client.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

describe('authorization_code', () => {
  it('logs a person in and gives a first-party client tokens that open the API', async () => {
    const tokens = await logIn(host, 'web');
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'notes:read', expires_in: 600 });
    const notes = await fetch(`${host.origin}/api/notes`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await notes.json()).toEqual({ who: 'ada' });
  });

  it('asks consent for a client that is not first-party, and remembers the answer across browsers', async () => {
    await logIn(host, 'partner');
    const other = browserAgent(host.origin);
    const { challenge, verifier } = pkce();
    const page = await other.follow(authorizationUrl(host, 'partner', challenge));
    const back = await other.submit(page, {
      method: 'password',
      identifier: 'ada',
      password: 'ada-pw',
    });
    expect(new URL(back.location ?? '').origin).toBe('https://partner.test');
    expect((await redeem(host, 'partner', codeOf(back), verifier)).status).toBe(200);
  });

  it('sends state and iss back, by RFC 9207', async () => {
    const { challenge } = pkce();
    const back = await authorize(
      browserAgent(host.origin),
      authorizationUrl(host, 'web', challenge),
    );
    const { searchParams } = new URL(back.location ?? '');
    expect(searchParams.get('state')).toBe('the-state');
    expect(searchParams.get('iss')).toBe(host.issuer);
  });

  it('refreshes', async () => {
    const tokens = await logIn(host, 'spa');
    const { status, body } = await refresh(host, 'spa', tokens.refresh_token);
    expect(status).toBe(200);
    expect(body.refresh_token).not.toBe(tokens.refresh_token);
  });
});
