import { readFile } from 'node:fs/promises';
import { consentScreen } from '@gatehouse/consent';
import { type ClientOptions, createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { openidConnect } from '@gatehouse/oidc';
import { memoryStore } from '@gatehouse/store-memory';
import express from 'express';
import { claims } from './claims.js';
import { findMember, type Member, passwords } from './people.js';
import { issuer, port, shopOrigin, shopSecret } from './settings.js';

const { CLIENTS_FILE, GATEHOUSE_SECRET = '' } = process.env;
const more: readonly ClientOptions[] =
  CLIENTS_FILE === undefined ? [] : JSON.parse(await readFile(CLIENTS_FILE, 'utf8'));

// #region provider
const auth = await createAuthorizationServer({
  issuer,
  secrets: [GATEHOUSE_SECRET],
  theme: { name: 'Acme' },
  store: memoryStore(),
  accounts: { find: findMember, id: (member) => member.id, label: (member) => member.mail },
  resources: {},
  clients: [
    {
      client_id: 'shop',
      client_name: 'Acme Shop',
      client_secret: shopSecret,
      redirect_uris: [`${shopOrigin}/callback`],
      post_logout_redirect_uris: [shopOrigin],
      backchannel_logout_uri: `${shopOrigin}/backchannel-logout`,
      scope: 'openid profile email',
    },
    ...more,
  ],
  plugins: [
    passwordLogin({ verify: async (login) => (await passwords.check(login)) && login.identifier }),
    consentScreen(),
    openidConnect<Member>({ claims }),
  ],
  outbound: { allowLoopback: true }, // the shop hears of logouts, and is on this machine
});
// #endregion provider

const app = express();
app.use(auth.routes());
app.get('/', (_req, res) => {
  res.send(
    `<!doctype html><title>Acme</title><p><a href="${issuer}/apps">Connected apps</a> <a href="${issuer}/logout">Sign out</a>`,
  );
});
const server = app.listen(port, 'localhost', () => console.log(`${auth.issuer} is up`));
process.once('SIGTERM', () => {
  server.close().closeAllConnections(); // browsers hold them open
  void auth.close();
});
