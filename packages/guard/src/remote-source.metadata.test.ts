import {
  type IssuerServer,
  issuerServer,
  json,
  jwksPath,
  metadataPath,
} from '../test/issuer-server.js';
import { sign } from '../test/issuer.js';
import { claimsOf, first, guardOf, outcome, timesAsked } from '../test/remote-guard.js';
import { type Served, serve } from '../test/serve.js';

let server: IssuerServer;
const others: Served[] = [];
beforeEach(async () => {
  server = await issuerServer(first);
});
afterEach(async () => {
  for (const { close } of [server, ...others.splice(0)]) await close();
});

describe('the metadata of a remote issuer', () => {
  it.each([
    ['names another issuer', { issuer: 'https://evil.example' }],
    ['names the issuer with a slash more', { issuer: 'SLASH' }],
    ['names no keys', { jwks_uri: undefined }],
    ['names keys over plain http', { jwks_uri: 'http://evil.example/jwks' }],
    ['names keys in a file', { jwks_uri: 'file:///etc/passwd' }],
    ['names keys by a number', { jwks_uri: 5 }],
  ])('is not believed when it %s', async (_case, change) => {
    const { issuer, url } = server;
    const document = { issuer, jwks_uri: `${url}${jwksPath}`, ...change };
    if (document.issuer === 'SLASH') document.issuer = `${issuer}/`;
    server.replies.set(metadataPath, json(document));
    expect(await outcome(guardOf(server), await sign(first, claimsOf(server)))).toBe('503 source');
    expect(timesAsked(server, jwksPath)).toBe(0);
  });

  it('is not followed elsewhere', async () => {
    const elsewhere = await serve((_req, res) => void res.end('{}'));
    others.push(elsewhere);
    let reached = false;
    elsewhere.server.on('request', () => {
      reached = true;
    });
    server.replies.set(metadataPath, (_req, res) =>
      res.writeHead(302, { Location: elsewhere.url }).end(),
    );
    expect(await outcome(guardOf(server), await sign(first, claimsOf(server)))).toBe('503 source');
    expect(reached).toBe(false);
  });

  it('is given up when it is endless, late, cut off or no JSON', async () => {
    const token = await sign(first, claimsOf(server));
    server.replies.set(metadataPath, (_req, res) => {
      const more = (): void => {
        if (!res.destroyed) res.write('x'.repeat(65_536), () => setImmediate(more));
      };
      more();
    });
    expect(await outcome(guardOf(server), token)).toBe('503 source');
    server.replies.set(metadataPath, () => {});
    expect(await outcome(guardOf(server, { timeoutSeconds: 0.1 }), token)).toBe('503 source');
    server.replies.set(metadataPath, (_req, res) => res.write('{'));
    expect(await outcome(guardOf(server, { timeoutSeconds: 0.1 }), token)).toBe('503 source');
    server.replies.set(metadataPath, (req) => req.socket.destroy());
    expect(await outcome(guardOf(server), token)).toBe('503 source');
    server.replies.set(metadataPath, (_req, res) => res.end('<html>sign in to the network</html>'));
    expect(await outcome(guardOf(server), token)).toBe('503 source');
  });
});
