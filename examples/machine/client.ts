import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as oauth from 'openid-client';

process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { KEY_FOLDER = import.meta.dirname, NIGHTLY_SECRET = '', PORT = '3000' } = process.env;
const issuer = new URL(`http://localhost:${PORT}/auth`);
const options: oauth.DiscoveryRequestOptions = {
  algorithm: 'oauth2',
  execute: [oauth.allowInsecureRequests], // for http://localhost alone
};

// #region secret
const nightly = await oauth.discovery(issuer, 'nightly', NIGHTLY_SECRET, undefined, options);
const tokens = await oauth.clientCredentialsGrant(nightly, { scope: 'reports:read' });
// #endregion secret
assert.equal(tokens.scope, 'reports:read');
assert.equal(tokens.refresh_token, undefined); // RFC 6749 §4.4.3: it can ask again at any time
assert.deepEqual(await readReports(tokens), {
  for: 'nightly',
  kind: 'client',
  reports: ['Q1', 'Q2'],
});

// #region key
const jwk = JSON.parse(await readFile(join(KEY_FOLDER, 'sync.private.json'), 'utf8'));
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
const method = oauth.PrivateKeyJwt({ key, kid: jwk.kid });
const sync = await oauth.discovery(issuer, 'sync', undefined, method, options);
const syncTokens = await oauth.clientCredentialsGrant(sync, { scope: 'reports:read' });
// #endregion key
assert.equal((await readReports(syncTokens)).for, 'sync');

// A scope that the client does not have is an error, never a token with less.
await assert.rejects(oauth.clientCredentialsGrant(sync, { scope: 'stock:read' }), {
  error: 'invalid_scope',
});

// A client can look at its own tokens, and at no others.
assert.equal((await oauth.tokenIntrospection(sync, syncTokens.access_token)).active, true);
assert.deepEqual(await oauth.tokenIntrospection(nightly, syncTokens.access_token), {
  active: false,
});

await oauth.tokenRevocation(sync, syncTokens.access_token);
assert.equal((await oauth.tokenIntrospection(sync, syncTokens.access_token)).active, false);
await setTimeout(2000); // the API looks for news every two seconds, and asks nobody for each request
assert.equal(await readReports(syncTokens), 401);
console.log('machine: read the reports with a secret and with a key');

async function readReports({ access_token }: oauth.TokenEndpointResponse) {
  const response = await fetch(`http://localhost:${PORT}/reports`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  return response.ok ? response.json() : response.status;
}
