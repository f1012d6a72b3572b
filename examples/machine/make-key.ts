// Run once, where the client runs. The private half stays there; the public half goes to whoever runs the server.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', privateKey);
const shared = { kty, crv, x, y, kid: crypto.randomUUID(), alg: 'ES256', use: 'sig' };

const { KEY_FOLDER = import.meta.dirname } = process.env;
const file = (half: string) => join(KEY_FOLDER, `sync.${half}.json`);
await writeFile(file('public'), JSON.stringify(shared));
await writeFile(file('private'), JSON.stringify({ ...shared, d }), { mode: 0o600 });
console.log(`made the key ${shared.kid}`);
