import { readFile } from 'node:fs/promises';
import { type ClientOptions, createAuthorizationServer } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import express from 'express';
import { provider } from './provider.js';
import { issuer, port, receiverNetworks, shopOrigin, shopSecret } from './settings.js';

const { CLIENTS_FILE, GATEHOUSE_SECRET = '' } = process.env;
const more: readonly ClientOptions[] =
  CLIENTS_FILE === undefined ? [] : JSON.parse(await readFile(CLIENTS_FILE, 'utf8'));

const auth = await createAuthorizationServer({
  ...provider,
  issuer,
  secrets: [GATEHOUSE_SECRET],
  store: memoryStore(),
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
  // The shop hears of logouts, and is on this machine.
  outbound: { allowLoopback: true, allowNetworks: receiverNetworks },
});

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
