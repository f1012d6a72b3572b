// A shop of somebody else: it knows the provider by its issuer, and nothing else of it.
import { answerErrors } from '@gatehouse-examples/shared';
import express from 'express';
import openid from 'express-openid-connect';
import session from 'express-session';
import { issuer, shopOrigin, shopPort, shopSecret } from './settings.js';

const { SHOP_SESSION_SECRET = '' } = process.env;
const app = express();

// Any store of express-session does. The library's types ask for one that knows what it puts there.
const loggedOut = new session.MemoryStore() as never;

// #region shop
app.use(
  openid.auth({
    issuerBaseURL: issuer,
    baseURL: shopOrigin,
    clientID: 'shop',
    clientSecret: shopSecret,
    secret: SHOP_SESSION_SECRET,
    authRequired: false,
    // The code flow. The library's own default asks for tokens in the front channel, which OAuth 2.1 has no more.
    authorizationParams: { response_type: 'code', scope: 'openid profile email' },
    idpLogout: true, // signing out here signs out there
    backchannelLogout: { store: loggedOut }, // and the other way round
  }),
);
app.get('/orders', openid.requiresAuth(), async (req, res) => {
  res.json({ orders: ['A teapot'], for: await req.oidc.fetchUserInfo() });
});
// #endregion shop
app.get('/', (req, res) => {
  const name = req.oidc.user?.name;
  res.send(
    req.oidc.isAuthenticated()
      ? `<!doctype html><title>Acme Shop</title><p>Hello ${escapeHtml(String(name))}. <a href="/orders">Orders</a> <a href="/logout">Sign out</a>`
      : '<!doctype html><title>Acme Shop</title><p>Hello. <a href="/login">Sign in</a>',
  );
});

app.use(answerErrors);

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const server = app.listen(shopPort, 'localhost', () =>
  console.log(`Open ${shopOrigin} and sign in as ada with demo-password`),
);
process.once('SIGTERM', () => {
  server.close().closeAllConnections();
});
