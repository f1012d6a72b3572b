import { consentScreen } from '@gatehouse/consent';
import { passwordLogin } from '@gatehouse/login-password';
import {
  assertion,
  assertionClaims,
  type ClientKey,
  clientKey,
  robotClient,
  sendAsserted,
} from './assertion.js';
import { browserAgent, pkce } from './browser-agent.js';
import { clients, type HostOptions, ledgerApi, startHost, type TestHost } from './host.js';
import { basic, introspect, openApi, secretOf, send } from './machine-client.js';
import {
  authorizationUrl,
  authorize,
  call,
  codeOf,
  logIn,
  redeem,
  refresh,
} from './oauth-client.js';
import { tapWire } from './wire-tap.js';

/** The password of the account that the server manages. */
export const managedPassword = 'the managed password of ada';

/** What crossed the wire as a secret, and what the host logged. */
export interface SecretWalk {
  readonly secrets: ReadonlySet<string>;
  readonly log: TestHost['log'];
}

/**
 * Starts a host and walks whatever hands out or takes a secret, with its failures.
 *
 * @param dump - Called at several moments: what is removed later was at rest, too.
 */
export async function walkSecrets(
  store: NonNullable<HostOptions['store']>,
  dump: () => Promise<void>,
): Promise<SecretWalk> {
  const robot = await clientKey();
  const tap = tapWire();
  const host = await startHost({
    store,
    clients: [...clients, robotClient(robot)],
    plugins: [passwordLogin({ managed: true }), consentScreen()],
  });
  try {
    await host.auth.passwords.set('ada', 'ada', managedPassword);
    await walk(host, robot, dump);
  } finally {
    tap.stop();
    await host.close();
  }
  return { secrets: tap.secrets, log: host.log };
}

async function walk(host: TestHost, robot: ClientKey, dump: () => Promise<void>): Promise<void> {
  const person = { identifier: 'ada', password: managedPassword };
  const agent = browserAgent(host.origin);
  const { verifier, challenge } = pkce();
  const page = await agent.follow(authorizationUrl(host, 'partner', challenge));
  await agent.press(page, { method: 'password', ...person, password: 'a wrong password' });
  await dump();
  const back = await authorize(agent, authorizationUrl(host, 'partner', challenge), person);
  await dump();
  const code = codeOf(back);
  await redeem(host, 'partner', code, pkce().verifier);
  const { body } = await redeem(host, 'partner', code, verifier);
  await dump();
  const renewed = await refresh(host, 'partner', String(body.refresh_token));
  await refresh(host, 'partner', String(body.refresh_token));
  await introspect(host, String(body.access_token), 'partner');
  await openApi(host, '/api/notes', String(body.access_token));
  await call(host, '/revoke', 'partner', { token: String(body.access_token) });
  await refresh(host, 'partner', String(renewed.body.refresh_token));
  await dump();

  const books = await logIn(host, 'spa', { agent, person, params: { scope: 'ledger:read' } });
  await openApi(host, '/api/ledger', books.access_token);
  await introspect(host, books.access_token, ledgerApi.client_id);
  await dump();
  const again = pkce();
  const replayed = codeOf(await agent.get(authorizationUrl(host, 'spa', again.challenge)));
  for (let times = 0; times < 2; times += 1) await redeem(host, 'spa', replayed, again.verifier);
  await dump();

  for (const scope of ['notes:read', 'ledger:read']) {
    const machine = { grant_type: 'client_credentials', scope };
    const { body: own } = await call(host, '/token', 'machine', machine);
    await introspect(host, String(own.access_token), 'machine');
    const used = await assertion(robot, assertionClaims(host, 'robot'));
    await sendAsserted(host, '/token', used, machine);
    await sendAsserted(host, '/token', used, machine);
  }
  // Secrets in places where they do not belong.
  const secret = secretOf('web');
  for (let times = 0; times < 12; times += 1) {
    await send(host, '/token', {
      client_id: secret,
      client_secret: 'a wrong secret',
      grant_type: 'x',
    });
  }
  await send(host, '/token', { grant_type: secret }, { authorization: basic('web', secret) });
  await send(
    host,
    '/introspect',
    { token: 'garbage-token' },
    { authorization: basic('web', 'a wrong secret') },
  );
  const wrongPlace = authorizationUrl(host, 'spa', challenge, { scope: books.refresh_token });
  await agent.get(wrongPlace);
  await host.auth.passwords.change('ada', managedPassword, 'the next password of ada');
  await host.auth.revoke({ accountId: 'ada' });
  await dump();
}
