import assert from 'node:assert/strict';
import { createPerson } from '@gatehouse-examples/shared';
import * as oauth from 'openid-client';

const { ORIGIN = '', WEB_SECRET = '' } = process.env;
const redirect_uri = 'https://app.acme.example/callback';

const server = await oauth.discovery(new URL(`${ORIGIN}/auth`), 'web', WEB_SECRET, undefined, {
  execute: [oauth.allowInsecureRequests], // for http://localhost alone
});
const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
const expectedNonce = oauth.randomNonce();
const expectedState = oauth.randomState();
const url = oauth.buildAuthorizationUrl(server, {
  redirect_uri,
  scope: 'openid profile email notes:read',
  nonce: expectedNonce,
  state: expectedState,
  code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
});

const ada = createPerson({ identifier: 'ada', password: 'demo-password' });
const callback = await ada.visit(url);
assert.deepEqual(ada.pages, ['Sign in', 'Allow web?']);

const checks = { pkceCodeVerifier, expectedNonce, expectedState };
const tokens = await oauth.authorizationCodeGrant(server, callback, checks);
assert.equal(tokens.claims()?.sub, 'ada');
assert.equal(tokens.claims()?.name, undefined); // at userinfo, as OpenID Connect Core §5.4 asks
assert.deepEqual(await oauth.fetchUserInfo(server, tokens.access_token, 'ada'), {
  sub: 'ada',
  name: 'Ada',
  email: 'ada@acme.example',
});

const read = (accessToken: string): Promise<Response> =>
  fetch(`${ORIGIN}/api/notes`, { headers: { authorization: `Bearer ${accessToken}` } });
assert.deepEqual(await (await read(tokens.access_token)).json(), ['Water the plants of ada']);

const refreshed = await oauth.refreshTokenGrant(server, tokens.refresh_token ?? '');
assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
assert.equal((await read(refreshed.access_token)).status, 200);
assert.equal((await read('none')).status, 401);
console.log('all-options: signed in, read userinfo and the notes, refreshed');
