import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { createPerson } from '@gatehouse-examples/shared';
import * as oauth from 'openid-client';

process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { PORT = '3000', WEB_SECRET = '' } = process.env;
const host = `http://localhost:${PORT}`;
const server = await oauth.discovery(new URL(`${host}/auth`), 'web', WEB_SECRET, undefined, {
  algorithm: 'oauth2',
  execute: [oauth.allowInsecureRequests], // for http://localhost alone
});
const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
const expectedState = oauth.randomState();
const url = oauth.buildAuthorizationUrl(server, {
  redirect_uri: 'https://app.acme.example/cb',
  scope: 'notes:read',
  state: expectedState,
  code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
});
const ada = createPerson({ identifier: 'ada', password: 'demo-password' });
const callback = await ada.visit(url);
const checks = { pkceCodeVerifier, expectedState };
const tokens = await oauth.authorizationCodeGrant(server, callback, checks);
assert.equal((await readNotes(tokens)).status, 200);

console.log('custom-store: read the notes. Now end the server, and start it again.');

const isUp = () => fetch(host).then(Boolean, () => false);
while (await isUp()) await setTimeout(50);
while (!(await isUp())) await setTimeout(50);
const refreshed = await oauth.refreshTokenGrant(server, tokens.refresh_token ?? '');
assert.equal((await readNotes(refreshed)).status, 200);

// A code is good for one use, for ever: who uses it again ends what it gave.
await assert.rejects(oauth.authorizationCodeGrant(server, callback, checks), {
  error: 'invalid_grant',
});
await assert.rejects(oauth.refreshTokenGrant(server, refreshed.refresh_token ?? ''), {
  error: 'invalid_grant',
});
console.log('custom-store: refreshed at a server that was started again');

function readNotes({ access_token }: oauth.TokenEndpointResponse) {
  return fetch(`${host}/api/notes`, { headers: { authorization: `Bearer ${access_token}` } });
}
