import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type LookupFunction,
  type Server as TcpServer,
} from 'node:net';
import { selfSigned } from '../test/self-signed.js';
import { createGuardedFetch, type GuardedFetchParts, OutboundError } from './guarded-fetch.js';

const certificate = selfSigned(['rp.test']);
const servers: (Server | TcpServer)[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const serveHttps = (listener: RequestListener): Promise<number> =>
  listen(createHttpsServer(certificate, listener));

function guarded(parts: Partial<GuardedFetchParts> = {}): ReturnType<typeof createGuardedFetch> {
  return createGuardedFetch({
    allowLoopback: true,
    allowNetworks: [],
    ca: certificate.cert,
    ...parts,
  });
}

/** Resolves every name to these addresses; another list for each time that it is asked. */
function resolver(...answers: readonly (readonly string[])[]): LookupFunction & { asked: number } {
  const lookup = Object.assign(
    ((_name, _options, callback) => {
      const addresses = answers[Math.min(lookup.asked, answers.length - 1)] ?? [];
      lookup.asked += 1;
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    }) as LookupFunction,
    { asked: 0 },
  );
  return lookup;
}

async function reasonOf(fetching: Promise<unknown>): Promise<string> {
  const error = await fetching.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OutboundError)) throw new Error(`not refused: ${String(error)}`);
  // For the log, where a URL has no place.
  expect(error.message).not.toMatch(/:\/\/|127\.0|secret/);
  return error.reason;
}

describe('the guarded fetch', () => {
  it('sends a form and gives the answer, by https and a name', async () => {
    const seen: unknown[] = [];
    const connections = new Set<unknown>();
    const port = await serveHttps((req, res) => {
      connections.add(req.socket);
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        seen.push([req.method, req.url, req.headers['user-agent'], req.headers.cookie, body]);
        res.setHeader('Set-Cookie', 'a=b').writeHead(404).end('nö');
      });
    });
    const fetch = guarded();
    for (let times = 0; times < 2; times += 1) {
      const url = `https://localhost:${port}/logout?x=1`;
      const answer = await fetch(url, { method: 'POST', body: 'a=ü' });
      expect([answer.status, answer.text]).toEqual([404, 'nö']);
    }
    expect(seen).toEqual(Array(2).fill(['POST', '/logout?x=1', 'gatehouse', undefined, 'a=ü']));
    // One that is used again would pass by the check.
    expect(connections.size).toBe(2);
  });

  it('follows no redirect', async () => {
    let asked = 0;
    const port = await serveHttps((_req, res) => {
      asked += 1;
      res.writeHead(302, { location: '/elsewhere' }).end();
    });
    const answer = await guarded()(`https://localhost:${port}/`);
    expect([answer.status, answer.headers.location, asked]).toEqual([302, '/elsewhere', 1]);
  });

  it.each([
    'http://rp.test/',
    'ftp://rp.test/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'https://user@rp.test/',
    'https://user:secret@rp.test/',
    '//rp.test/',
    'rp.test',
    '',
  ])('refuses the URL %s', async (url) => {
    const lookup = resolver(['1.1.1.1']);
    expect(await reasonOf(guarded({ allowLoopback: false, lookup })(url))).toBe('url');
    expect(lookup.asked).toBe(0);
  });

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://localhost/',
    'https://10.0.0.1/',
  ])('refuses the address of %s, and connects to nothing', async (url) => {
    const lookup = resolver(['1.1.1.1']);
    expect(await reasonOf(guarded({ allowLoopback: false, lookup })(url))).toBe('address');
    expect(lookup.asked).toBe(0);
  });

  it.each([
    ['a private address', ['10.0.0.1']],
    ['a private address among public ones', ['1.1.1.1', '192.168.0.1']],
    ['this machine', ['127.0.0.1']],
    ['an IPv4 address in an IPv6 one', ['::ffff:127.0.0.1']],
  ])('refuses a name of %s', async (_, addresses) => {
    let connections = 0;
    const port = await listen(
      createTcpServer(() => {
        connections += 1;
      }),
    );
    const fetch = guarded({ allowLoopback: false, lookup: resolver(addresses) });
    expect(await reasonOf(fetch(`https://rp.test:${port}/`))).toBe('address');
    expect(connections).toBe(0);
  });

  it('refuses a name of nothing, and one that cannot be resolved', async () => {
    expect(await reasonOf(guarded({ lookup: resolver([]) })('https://rp.test/'))).toBe('address');
    const failing = ((_name, _options, callback) =>
      callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), [])) as LookupFunction;
    expect(await reasonOf(guarded({ lookup: failing })('https://rp.test/'))).toBe('network');
  });

  it('goes by the address that it is connected to: a name that changes in between gets nowhere', async () => {
    let requests = 0;
    const port = await serveHttps((_req, res) => {
      requests += 1;
      res.end();
    });
    // Public when it is checked, and this machine when it is used.
    const lying = ((_name, _options, callback) => {
      let reads = 0;
      const entry = {
        family: 4,
        get address() {
          reads += 1;
          return reads === 1 ? '1.1.1.1' : '127.0.0.1';
        },
      };
      callback(null, [entry]);
    }) as LookupFunction;
    const fetch = guarded({ allowLoopback: false, lookup: lying });
    expect(await reasonOf(fetch(`https://rp.test:${port}/`))).toBe('address');
    expect(requests).toBe(0);
  });

  it('reaches a network that is allowed, and this machine in clear only where that is', async () => {
    const port = await listen(createHttpServer((_req, res) => res.end('here')));
    const url = `http://localhost:${port}/`;
    expect((await guarded()(url)).text).toBe('here');
    expect(await reasonOf(guarded({ allowLoopback: false })(url))).toBe('url');
    const lookup = resolver(['10.20.0.1']);
    // In clear to another machine: never.
    const open = { allowNetworks: ['10.20.0.0/16'], lookup };
    expect(await reasonOf(guarded(open)(`http://rp.test:${port}/`))).toBe('address');
  });

  it('refuses a certificate that it does not know, and one of another name', async () => {
    const port = await serveHttps((_req, res) => res.end());
    const { NODE_TLS_REJECT_UNAUTHORIZED: before } = process.env;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const stranger = selfSigned().cert;
      expect(await reasonOf(guarded({ ca: stranger })(`https://localhost:${port}/`))).toBe(
        'network',
      );
      const lookup = resolver(['127.0.0.1']);
      expect(await reasonOf(guarded({ lookup })(`https://other.test:${port}/`))).toBe('network');
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  const slow: readonly [string, RequestListener][] = [
    ['never answers', () => {}],
    ['sends its body byte by byte', (_req, res) => drip(() => res.write('x'))],
    ['sends one interim answer after another', (_req, res) => drip(() => res.writeProcessing())],
  ];
  it.each(slow)('does not wait for a server that %s', async (_, listener) => {
    const port = await serveHttps(listener);
    const from = performance.now();
    const fetching = guarded()(`https://localhost:${port}/`, { timeoutSeconds: 0.4 });
    expect(await reasonOf(fetching)).toBe('time');
    expect(performance.now() - from).toBeLessThan(2000);
  });

  it('does not wait for a handshake, a look-up, or when its caller does not', async () => {
    const port = await listen(createTcpServer((socket) => void socket.resume()));
    const url = `https://localhost:${port}/`;
    expect(await reasonOf(guarded()(url, { timeoutSeconds: 0.3 }))).toBe('time');
    const hanging = guarded({ lookup: () => {} });
    expect(await reasonOf(hanging('https://rp.test/', { timeoutSeconds: 0.3 }))).toBe('time');
    const signal = AbortSignal.timeout(100);
    expect(await reasonOf(guarded()(url, { signal }))).toBe('time');
    expect(await reasonOf(guarded()(url, { signal }))).toBe('time');
  });

  it('reads no more than it was told', async () => {
    const port = await serveHttps((req, res) => {
      res.write('x'.repeat(req.url === '/little' ? 100 : 101));
      if (req.url === '/endless') drip(() => res.write('x'.repeat(10_000)));
      else res.end();
    });
    const at = (path: string) => guarded()(`https://localhost:${port}${path}`, { mostBytes: 100 });
    expect((await at('/little')).text).toHaveLength(100);
    expect(await reasonOf(at('/much'))).toBe('size');
    expect(await reasonOf(at('/endless'))).toBe('size');
  });

  it('does not read a body that nobody asked for', async () => {
    const port = await serveHttps((_req, res) => {
      res.writeHead(200);
      drip(() => res.write('x'.repeat(10_000)));
    });
    const answer = await guarded()(`https://localhost:${port}/`, { statusOnly: true });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  it.each([
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(10_000)}\r\n`],
    ['what is no answer', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['nothing', ''],
    ['half an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'],
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    ],
  ])('takes no answer of a server that sends %s', async (_, text) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(text));
    });
    const port = await listen(server);
    const fetching = guarded()(`http://localhost:${port}/`, { timeoutSeconds: 2 });
    expect(await reasonOf(fetching)).toBe('network');
  });

  it('is for callers that send no line breaks in headers', async () => {
    const headers = { 'x-a': 'b\r\nhost: other' };
    await expect(guarded()('http://localhost:1/', { headers })).rejects.toThrow(
      'Invalid character',
    );
  });
});

function drip(send: () => void): void {
  const timer = setInterval(() => {
    try {
      send();
    } catch {
      clearInterval(timer);
    }
  }, 50);
  timer.unref();
}
