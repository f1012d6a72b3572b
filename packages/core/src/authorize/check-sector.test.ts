import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createGuardedFetch } from '../guarded-fetch.js';
import { selfSigned } from '../../test/self-signed.js';
import { sectorProblem } from './check-sector.js';

const certificate = selfSigned(['127.0.0.1']);
let server: Server;
let answer: { status: number; text: string };
let uri: string;
beforeAll(async () => {
  server = createServer(certificate, (_req, res) => {
    res.writeHead(answer.status, { location: 'https://c.test/' }).end(answer.text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  uri = `https://127.0.0.1:${(server.address() as AddressInfo).port}/sector.json`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const redirect_uris = ['https://a.test/cb', 'https://b.test/cb'];
const open = { allowLoopback: true, allowNetworks: [], ca: certificate.cert };

function problem(status: number, text: string): Promise<string | undefined> {
  answer = { status, text };
  return sectorProblem({ sector_identifier_uri: uri, redirect_uris }, createGuardedFetch(open));
}

test('a list that holds every redirect URI is fine, and so is no sector_identifier_uri [registration-5-list]', async () => {
  expect(await problem(200, JSON.stringify(['https://c.test/', ...redirect_uris]))).toBeUndefined();
  const none = sectorProblem({ redirect_uris }, createGuardedFetch(open));
  expect(await none).toBeUndefined();
});

test.each<[string, string, number, string]>([
  [
    'a list without one of them',
    'a list without "https://b.test/cb"',
    200,
    '["https://a.test/cb"]',
  ],
  ['an empty list', 'a list without "https://a.test/cb"', 200, '[]'],
  ['a prefix of one', 'a list without', 200, '["https://a.test/","https://b.test/"]'],
  ['an object', 'it is no JSON list', 200, '{"0":"https://a.test/cb"}'],
  ['a page', 'it is no JSON list', 200, '<html>'],
  ['nothing', 'it is no JSON list', 200, ''],
  ['an error', 'it answers 404', 404, '[]'],
  ['another place', 'it answers 302', 302, ''],
  ['megabytes', 'cannot be checked', 200, `["${'x'.repeat(2_000_000)}"]`],
])('%s is refused [registration-5-list]', async (_title, words, status, text) => {
  expect(await problem(status, text)).toContain(words);
});

test('an address of this network is refused', async () => {
  const closed = createGuardedFetch({ allowLoopback: false, allowNetworks: [] });
  const said = await sectorProblem({ sector_identifier_uri: uri, redirect_uris }, closed);
  expect(said).toContain('cannot be checked');
});
