// A key service in a process of its own: it makes the keys, and never hands the private ones out.
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

const pairs = new Map(
  ['kms-1', 'kms-2'].map((kid) => [kid, generateKeyPairSync('ec', { namedCurve: 'P-256' })]),
);
let mode = 'work';
process.on('message', (message) => {
  mode = String(message);
  process.send?.({ mode });
});
// Nothing outlives the process that started it.
process.on('disconnect', () => process.exit(0));

const server = createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const pair = pairs.get(req.url?.slice(1) ?? '');
  if (mode === 'fail' || !pair) {
    res.statusCode = 500;
    res.end('the key arn:secret is locked');
    return;
  }
  // As most key services answer: ASN.1.
  res.end(sign('sha256', Buffer.concat(chunks), pair.privateKey));
});
server.listen(0, '127.0.0.1', () => {
  const keys = [...pairs].map(([kid, { publicKey }]) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid,
  }));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.send?.({ port, keys });
});
