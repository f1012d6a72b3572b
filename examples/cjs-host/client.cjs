const assert = require('node:assert/strict');
const { join } = require('node:path');
const { createPerson } = require('@gatehouse-examples/shared');
const oauth = require('openid-client');

process.loadEnvFile(join(__dirname, 'demo.env'));
const { PORT = '3000', WEB_SECRET = '' } = process.env;
const host = `http://localhost:${PORT}`;

async function main() {
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
  const tokens = await oauth.authorizationCodeGrant(server, await ada.visit(url), {
    pkceCodeVerifier,
    expectedState,
  });
  const notes = await fetch(`${host}/api/notes`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  assert.deepEqual(await notes.json(), ['Water the plants of ada']);
  console.log('cjs-host: signed in, consented, read the notes');
}

void main();
