// notes-cli: signs in with the system browser, then prints the notes.
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'openid-client';

const { PORT = '3000' } = process.env;
const host = `http://localhost:${PORT}`;

const server = await oauth.discovery(new URL(`${host}/auth`), 'notes-cli', undefined, undefined, {
  algorithm: 'oauth2',
  execute: [oauth.allowInsecureRequests], // for http://localhost alone
});

// #region listen
// On the loopback interface alone: nobody else on the network reaches it (RFC 8252 §8.3).
const listener = createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const { port } = listener.address() as AddressInfo;
const redirect_uri = `http://127.0.0.1:${port}/callback`;
// #endregion listen

// #region sign-in
// Another program may get hold of the redirect. It cannot use the code: the verifier never leaves this process.
const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
const expectedState = oauth.randomState();
const url = oauth.buildAuthorizationUrl(server, {
  redirect_uri,
  scope: 'notes:read',
  state: expectedState,
  code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
});
console.log(`Sign in at ${url}`);
if (process.stdout.isTTY) openBrowser(url);
const callback = await nextCallback();
const tokens = await oauth.authorizationCodeGrant(server, callback, {
  pkceCodeVerifier,
  expectedState,
});
// #endregion sign-in

const notes = await fetch(`${host}/api/notes`, {
  headers: { authorization: `Bearer ${tokens.access_token}` },
});
console.log('Your notes:', await notes.json());

// This program forgets you. One that should not keeps the refresh token in the keychain of the system.
await oauth.tokenRevocation(server, tokens.refresh_token ?? '');

async function nextCallback(): Promise<URL> {
  for await (const [request, response] of on(listener, 'request')) {
    const callback = new URL(request.url, redirect_uri);
    if (callback.pathname === '/callback') {
      response.setHeader('connection', 'close').end('Done. You can close this window.');
      listener.close();
      return callback;
    }
    response.writeHead(404).end(); // the browser asks for an icon, too
  }
  throw new Error('nobody came back');
}

/** The person's own browser, never one inside the program: there, the program could read the password (RFC 8252 §8.12). */
function openBrowser({ href }: URL): void {
  const openers: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ['open'],
    win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  };
  const [command = '', ...args] = openers[process.platform] ?? ['xdg-open'];
  spawn(command, [...args, href], { stdio: 'ignore', detached: true })
    .on('error', () => console.log('No browser was found: open the address yourself.'))
    .unref();
}
