import assert from 'node:assert/strict';
import { createPerson } from '@gatehouse-examples/shared';
import * as oauth from 'openid-client';

const { NEW_PASSWORD = '', ORIGIN = '', PORT = '3000', WEB_SECRET = '' } = process.env;

// Plays the proxy at which TLS ends: what goes to the public origin reaches the process by plain HTTP, with the caller's address.
const direct = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const { href } = new URL(input instanceof Request ? input.url : input);
  assert.ok(href.startsWith(`${ORIGIN}/`), `${href} is not ours`);
  const headers = new Headers(init?.headers);
  headers.set('x-forwarded-for', '203.0.113.7');
  headers.set('x-forwarded-proto', 'https');
  return direct(href.replace(ORIGIN, `http://127.0.0.1:${PORT}`), { ...init, headers });
};

const server = await oauth.discovery(new URL(`${ORIGIN}/auth`), 'web', WEB_SECRET, undefined, {
  algorithm: 'oauth2',
});
const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
const expectedState = oauth.randomState();
const url = oauth.buildAuthorizationUrl(server, {
  redirect_uri: 'https://planner.example/callback',
  scope: 'notes:read notes:write',
  state: expectedState,
  code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
});
const ada = createPerson({ identifier: 'ada@acme.example', password: NEW_PASSWORD });
const callback = await ada.visit(url);
assert.deepEqual(ada.pages, ['Sign in', 'Allow Acme Planner?']);

const checks = { pkceCodeVerifier, expectedState };
const tokens = await oauth.authorizationCodeGrant(server, callback, checks);
assert.equal((await callNotes(tokens, 'Feed the cat')).status, 201);
const refreshed = await oauth.refreshTokenGrant(server, tokens.refresh_token ?? '');
assert.deepEqual(await (await callNotes(refreshed)).json(), ['Feed the cat']);

// Used twice, the code ends all that it gave.
await assert.rejects(oauth.authorizationCodeGrant(server, callback, checks), {
  error: 'invalid_grant',
});
await assert.rejects(oauth.refreshTokenGrant(server, refreshed.refresh_token ?? ''), {
  error: 'invalid_grant',
});
console.log('mongo: signed in, consented, wrote and read notes, refreshed');

function callNotes({ access_token }: oauth.TokenEndpointResponse, text?: string) {
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const post = { method: 'POST', body: JSON.stringify({ text }) };
  return fetch(`${ORIGIN}/api/notes`, { headers, ...(text === undefined ? {} : post) });
}
