import assert from 'node:assert/strict';
import { createPerson } from '@gatehouse-examples/shared';
import * as oauth from 'openid-client';

process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { PORT = '3000', WEB_SECRET = '' } = process.env;
const host = `http://localhost:${PORT}`;
const redirect_uri = 'https://app.acme.example/cb';

// #region sign-in
const server = await oauth.discovery(new URL(`${host}/auth`), 'web', WEB_SECRET, undefined, {
  algorithm: 'oauth2',
  execute: [oauth.allowInsecureRequests], // for http://localhost alone
});
const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
const state = oauth.randomState();
const url = oauth.buildAuthorizationUrl(server, {
  redirect_uri,
  scope: 'notes:read',
  state,
  code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
});
// #endregion sign-in

const ada = createPerson({ identifier: 'ada', password: 'demo-password' });
const callback = await ada.visit(url);
assert.equal(callback.origin + callback.pathname, redirect_uri);
assert.deepEqual(ada.pages, ['Sign in', 'Allow web?']);

const tokens = await oauth.authorizationCodeGrant(server, callback, {
  pkceCodeVerifier,
  expectedState: state,
});
const notes = await fetch(`${host}/api/notes`, {
  headers: { authorization: `Bearer ${tokens.access_token}` },
});
assert.deepEqual(await notes.json(), ['Water the plants of ada']);

const stranger = await fetch(`${host}/api/notes`);
assert.equal(stranger.status, 401);
console.log('minimal: signed in, consented, read the notes');
