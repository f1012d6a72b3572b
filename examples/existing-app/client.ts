import assert from 'node:assert/strict';
import { createPerson, type Person } from '@gatehouse-examples/shared';
import * as oauth from 'openid-client';
import { origin } from './settings.js';

const { PARTNER_SECRET = '', WEB_SECRET = '' } = process.env;

interface Client {
  readonly id: string;
  readonly secret: string;
  readonly redirect_uri: string;
}
const web: Client = {
  id: 'web',
  secret: WEB_SECRET,
  redirect_uri: 'https://web.acme.example/callback',
};
const partner: Client = {
  id: 'partner',
  secret: PARTNER_SECRET,
  redirect_uri: 'https://planner.partner.example/callback',
};

// The own web app: a login, no question, every scope.
const ada = createPerson({ identifier: 'ada@acme.example', password: 'demo-password' });
const own = await signIn(web, ada, 'notes:read notes:write');
assert.equal((await callNotes(own, 'Feed the cat')).status, 201);

// The app's session answers prompt=none too: a hidden check whether somebody is logged in.
await signIn(web, ada, 'notes:read', { prompt: 'none' });
assert.deepEqual(ada.pages, ['Log in to Acme Notes']);

// The partner, in the same browser: no login, since the app's session is one, but a question.
const theirs = await signIn(partner, ada, 'notes:read');
assert.deepEqual(ada.pages, ['Log in to Acme Notes', 'Allow Partner Planner?']);
const notes = await callNotes(theirs);
assert.deepEqual(await notes.json(), ['Feed the cat']);

// It reads and does not write, and it does not even get to ask for that.
assert.equal((await callNotes(theirs, 'Buy our product')).status, 403);
await assert.rejects(signIn(partner, ada, 'notes:write'), { error: 'invalid_scope' });

// Who says no sends the client away with an error that says so.
const bob = createPerson({
  identifier: 'bob@acme.example',
  password: 'demo-password',
  consent: 'deny',
});
await assert.rejects(signIn(partner, bob, 'notes:read'), { error: 'access_denied' });

// Access tokens live ten minutes, refresh tokens go on.
const server = await discover(web);
const refreshed = await oauth.refreshTokenGrant(server, own.refresh_token ?? '');
assert.equal((await callNotes(refreshed)).status, 200);

// Logged out on all devices: every token of the account is dead.
await ada.press(`${origin}/sign-out-everywhere`);
assert.equal((await callNotes(refreshed)).status, 401);
await assert.rejects(oauth.refreshTokenGrant(server, refreshed.refresh_token ?? ''), {
  error: 'invalid_grant',
});
console.log('existing-app: own client, partner, refresh, log out everywhere');

function discover({ id, secret }: Client): Promise<oauth.Configuration> {
  return oauth.discovery(new URL(`${origin}/auth`), id, secret, undefined, {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests], // for http://localhost alone
  });
}

async function signIn(client: Client, person: Person, scope: string, more = {}) {
  const server = await discover(client);
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
  const expectedState = oauth.randomState();
  const url = oauth.buildAuthorizationUrl(server, {
    redirect_uri: client.redirect_uri,
    scope,
    state: expectedState,
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  });
  const callback = await person.visit(url);
  return oauth.authorizationCodeGrant(server, callback, { pkceCodeVerifier, expectedState });
}

function callNotes({ access_token }: oauth.TokenEndpointResponse, text?: string) {
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const post = { method: 'POST', body: JSON.stringify({ text }) };
  return fetch(`${origin}/api/notes`, { headers, ...(text === undefined ? {} : post) });
}
