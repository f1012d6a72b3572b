import assert from 'node:assert/strict';

process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { API_PORT = '3001', NIGHTLY_SECRET = '', PORT = '3000' } = process.env;
const issuer = `http://localhost:${PORT}/auth`;
const api = `http://localhost:${API_PORT}`;
const authorization = `Basic ${Buffer.from(`nightly:${NIGHTLY_SECRET}`).toString('base64')}`;

function send(url: string, form: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams(form);
  return fetch(url, { method: 'POST', headers: { authorization }, body });
}

async function tokenFor(scope: string): Promise<string> {
  const response = await send(`${issuer}/token`, { grant_type: 'client_credentials', scope });
  return ((await response.json()) as { access_token: string }).access_token;
}

function get(path: string, token: string): Promise<Response> {
  return fetch(api + path, { headers: { authorization: `Bearer ${token}` } });
}

const stockToken = await tokenFor('stock:read');
const ledgerToken = await tokenFor('ledger:read');
assert.equal(stockToken.split('.').length, 3); // a JWT
assert.equal(ledgerToken.includes('.'), false); // opaque

const stock = await get('/stock', stockToken);
assert.deepEqual(await stock.json(), { for: 'nightly', apples: 12 });
const ledger = await get('/ledger', ledgerToken);
assert.deepEqual(await ledger.json(), { for: 'nightly', balance: 1815 });

// A token opens the API that it was made for, and no other.
assert.equal((await get('/ledger', stockToken)).status, 401);
assert.equal((await get('/stock', ledgerToken)).status, 401);

// RFC 9728: who comes without a token learns where to get one.
const refused = await fetch(`${api}/ledger`);
const challenge = refused.headers.get('www-authenticate') ?? '';
const metadata = await fetch(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '');
const { authorization_servers } = (await metadata.json()) as { authorization_servers: string[] };
assert.deepEqual(authorization_servers, [issuer]);

await send(`${issuer}/revoke`, { token: ledgerToken });
assert.equal((await get('/ledger', ledgerToken)).status, 401);
console.log('api-only: a JWT was checked here, an opaque token by asking');
