import type { JobDefinition, LogoutNotice, Runtime } from '@gatehouse/core';
import { logoutTokenSeconds } from '@gatehouse/core/openid';

type LogoutRuntime = Pick<Runtime, 'issuer' | 'clock' | 'clients' | 'fetch' | 'signJwt' | 'emit'>;

const event = 'http://schemas.openid.net/event/backchannel-logout';

/**
 * Tells a client that a session has ended, until it has heard, for a day. Each try is signed anew; its `jti` is that of the job, so a client
 * that has heard twice can tell.
 *
 * @see [Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html)
 */
export function backchannelLogout(runtime: LogoutRuntime): JobDefinition<LogoutNotice> {
  return {
    name: 'backchannel_logout',
    timeoutSeconds: 15,
    async run({ id, payload, attempt, signal }) {
      const { clientId, accountId } = payload;
      const client = await runtime.clients.get(clientId);
      // Removed in the meantime, or it wants to hear no more.
      if (client?.backchannel_logout_uri === undefined) return;
      const body = new URLSearchParams({ logout_token: await logoutToken(id, payload, runtime) });
      const { status } = await runtime.fetch(client.backchannel_logout_uri, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: body.toString(),
        timeoutSeconds: 10,
        statusOnly: true,
        signal,
      });
      // §2.8 has 200, and 204 for frameworks that make one of an empty answer.
      if (status === 200 || status === 204) {
        runtime.emit('logout.delivered', { accountId, clientId, attempt });
        return;
      }
      // §2.5: what came through is not sent again. With 400 the client says that it did, and that the token or the logout is wrong.
      if (status === 400) return { giveUp: 'the client answered 400' };
      throw new Error(`the client answered ${status}`);
    },
    abandoned({ payload, attempt }, reason) {
      const { clientId, accountId } = payload;
      runtime.emit('logout.failed', { accountId, clientId, attempt, reason });
    },
  };
}

// §2.4: no nonce, so that it never passes for an ID token.
function logoutToken(
  jti: string,
  { clientId, subject, sid, alg }: LogoutNotice,
  { issuer, clock, signJwt }: LogoutRuntime,
): Promise<string> {
  const iat = clock.now();
  const claims = {
    iss: issuer,
    sub: subject,
    aud: clientId,
    iat,
    exp: iat + logoutTokenSeconds,
    jti,
    sid,
  };
  return signJwt({ alg, typ: 'logout+jwt', claims: { ...claims, events: { [event]: {} } } });
}
