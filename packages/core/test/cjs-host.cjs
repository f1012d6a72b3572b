// A host in CommonJS: everything by require(). Prints one line of JSON about the flow it walked on itself.
const { createHash, randomBytes } = require('node:crypto');
const { createRequire } = require('node:module');
const { join } = require('node:path');

/** @param {string} folder */
const packageOf = (folder) => createRequire(join(__dirname, '../..', folder, 'package.json'));

const express = require('express');
/** @type {typeof import('@gatehouse/core')} */
const { createAuthorizationServer } = require('@gatehouse/core');
/** @type {typeof import('@gatehouse/consent')} */
const { consentScreen } = packageOf('consent')('@gatehouse/consent');
/** @type {typeof import('@gatehouse/login-password')} */
const { passwordLogin } = packageOf('login-password')('@gatehouse/login-password');
/** @type {typeof import('@gatehouse/store-memory')} */
const { memoryStore } = packageOf('store-memory')('@gatehouse/store-memory');

const api = 'https://api.test/notes';
const redirectUri = 'https://web.test/cb';

async function main() {
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}`;
  const auth = await createAuthorizationServer({
    issuer: `${origin}/auth`,
    secrets: [randomBytes(32).toString('base64url')],
    store: memoryStore(),
    // Development's warnings are not what is looked for here.
    logger: { debug() {}, info() {}, warn() {}, error: console.error },
    accounts: {
      find: (/** @type {string} */ id) => (id === 'ada' ? { id } : undefined),
      id: (account) => account.id,
    },
    resources: { [api]: { name: 'Notes', scopes: { 'notes:read': 'Read your notes' } } },
    clients: [
      {
        client_id: 'spa',
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirectUri],
        scope: 'notes:read',
      },
    ],
    plugins: [
      passwordLogin({
        verify: ({ identifier, password }) => (password === 'ada-pw' ? identifier : undefined),
      }),
      consentScreen(),
    ],
  });
  app.use(auth.routes());
  app.get(
    '/api/notes',
    auth.protect(api, { scope: 'notes:read' }, (req, res) => {
      res.json({ who: req.auth.accountId });
    }),
  );

  /** @type {Map<string, string>} */
  const cookies = new Map();
  /** @param {string} url @param {RequestInit} [init] */
  const send = async (url, init = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie, ...init.headers };
    const reply = await fetch(url, { ...init, redirect: 'manual', headers });
    for (const line of reply.headers.getSetCookie()) {
      const [name = '', value = ''] = line.slice(0, line.indexOf(';')).split(/=(.*)/s);
      cookies.set(name, value);
    }
    return { location: reply.headers.get('location') ?? '', text: await reply.text() };
  };
  /** @param {string} url @param {Record<string, string>} fields */
  const press = async (url, fields) => {
    const { text } = await send(url);
    const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const { location } = await send(url, {
      method: 'POST',
      body: new URLSearchParams({ csrf, ...fields }),
    });
    return (await send(location)).location;
  };

  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: 'spa',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'notes:read',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const { location: login } = await send(`${origin}/auth/authorize?${query}`);
  const consent = await press(login, { method: 'password', identifier: 'ada', password: 'ada-pw' });
  const back = await press(consent, { decision: 'allow', 'scope:notes:read': 'on' });
  const reply = await fetch(`${origin}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'spa',
      code: new URL(back).searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  const tokens = /** @type {{ access_token: string, scope: string }} */ (await reply.json());
  const notes = await fetch(`${origin}/api/notes`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  console.log(JSON.stringify({ scope: tokens.scope, notes: await notes.json() }));
  server.closeAllConnections();
  server.close();
  await auth.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
