// An app with express-openid-connect, in a process of its own, as it would be: the library is CommonJS and requires ES modules.
import express from 'express';
import openid from 'express-openid-connect';
import session from 'express-session';

const { auth, requiresAuth } = openid;

/**
 * @typedef {Pick<import('express-openid-connect').SessionStorePayload, 'cookie'>} Payload
 * @typedef {import('express-openid-connect').SessionStore<Payload>} Store
 */

// One of express-session, as its manual says; its types ask for what its own sessions have.
const loggedOut = /** @type {Store} */ (/** @type {unknown} */ (new session.MemoryStore()));

// Nothing outlives the process that started it.
process.on('disconnect', () => process.exit(0));

const app = express();
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.send?.({ origin: `http://127.0.0.1:${port}` });
});
process.on('message', (config) => {
  addRoutes(/** @type {Config} */ (config));
  process.send?.('ready');
});

/** @type {import('express').RequestHandler} */
const say = async ({ oidc }, res) => {
  const info = await oidc.fetchUserInfo();
  res.json({ user: oidc.user, info, refreshToken: oidc.refreshToken });
};

/**
 * @typedef {{ issuerBaseURL: string, baseURL: string, clientID: string, clientSecret: string }} Config
 * @param {Config} config
 */
function addRoutes(config) {
  app.use(
    auth({
      ...config,
      secret: 'what-the-app-seals-its-cookie-with-0123456789',
      authRequired: false,
      idpLogout: true,
      backchannelLogout: { store: loggedOut },
      routes: { postLogoutRedirect: '/bye' },
      // Without it, it asks for an ID token in the front channel, which OAuth 2.1 has no more.
      authorizationParams: { response_type: 'code', scope: 'openid profile email' },
    }),
  );
  app.get('/me', requiresAuth(), say);
  app.get(
    '/refresh',
    requiresAuth(),
    async ({ oidc }, _res, next) => {
      await oidc.accessToken?.refresh();
      next();
    },
    say,
  );
  app.get('/bye', ({ oidc }, res) => {
    res.json({ signedIn: oidc.isAuthenticated() });
  });
}
