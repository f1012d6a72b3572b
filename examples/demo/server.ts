import { randomBytes } from 'node:crypto';
import { createAcme } from './acme.js';
import { listen } from './listen.js';
import { createPlanner } from './planner.js';

const newSecret = (): string => randomBytes(32).toString('base64url');
const secrets = { gatehouse: newSecret(), planner: newSecret(), stats: newSecret() };

const port = Number(process.env.PORT ?? 3000);
const acmeAt = await listen(port);
const plannerAt = await listen(port === 0 ? 0 : port + 1);

const { api, app, close, issuer } = await createAcme(acmeAt.origin, plannerAt.origin, secrets);
acmeAt.server.on('request', app);

const planner = await createPlanner({
  origin: plannerAt.origin,
  issuer,
  api,
  secret: secrets.planner,
});
plannerAt.server.on('request', planner);

console.log(`
Acme Notes has the notes, the logins and Gatehouse:  ${acmeAt.origin}
Planner, another app, would like to read the notes:  ${plannerAt.origin}

  Open     ${plannerAt.origin}
  Sign in  as ada, with demo-password

A machine, without a person:
  curl -s -u stats:${secrets.stats} -d grant_type=client_credentials ${issuer}/token
  curl -s -H "Authorization: Bearer <the access_token>" ${api}/stats

All endpoints: ${acmeAt.origin}/.well-known/oauth-authorization-server/auth

What happens (Ctrl-C ends it):`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const { server } of [acmeAt, plannerAt]) server.close().closeAllConnections();
    void close();
  });
}
