import { connect } from 'node:net';
import type { RequestHandler } from 'express';
import { loadExpress, startHost, type TestHost } from '../host.js';
import { basic, secretOf, send } from '../machine-client.js';
import { logIn, refresh } from '../oauth-client.js';
import { type RawReply, rawRequest } from '../raw-request.js';

const express = await loadExpress();
const parsers: [string, RequestHandler[]][] = [
  ['that parses nothing itself', []],
  [
    'that parses every body itself',
    [express.json({ limit: '5mb' }), express.urlencoded({ extended: true, limit: '5mb' })],
  ],
];
const paths = ['/token', '/introspect', '/revoke'] as const;
const form = 'application/x-www-form-urlencoded';
const web = basic('web', secretOf('web'));
const code =
  'grant_type=authorization_code&code=x&redirect_uri=https://web.test/cb&code_verifier=y';

/** What is sent, with the right credential unless a header takes it away. */
interface Hostile {
  readonly method?: string;
  readonly body?: string;
  readonly type?: string;
  readonly query?: string;
  readonly headers?: Record<string, string | string[]>;
}

const hostile: Record<string, Hostile> = {
  'no body': {},
  'a body without a type': { body: code, type: '' },
  'JSON': {
    body: JSON.stringify({ grant_type: 'client_credentials', token: 'x' }),
    type: 'application/json',
  },
  'JSON that is an array': { body: '[]', type: 'application/json' },
  'JSON that is broken': { body: '{"a', type: 'application/json' },
  'JSON that is null': { body: 'null', type: 'application/json' },
  'JSON with objects': {
    body: '{"token":{"$gt":""},"grant_type":{"$ne":1}}',
    type: 'application/json',
  },
  'JSON that says it is a form': { body: '{"grant_type":"client_credentials"}' },
  'a form that says it is JSON': { body: code, type: 'application/json' },
  'multipart': { body: '--x\r\n\r\n--x--', type: 'multipart/form-data; boundary=x' },
  'plain text': { body: code, type: 'text/plain' },
  'a type that is nonsense': { body: code, type: ';;;;' },
  'a charset that does not exist': { body: code, type: `${form}; charset=nonsense` },
  'UTF-16': { body: code, type: `${form}; charset=utf-16` },
  'an array of each parameter': { body: 'grant_type[]=authorization_code&token[]=x&scope[]=a' },
  'an object of each parameter': { body: 'grant_type[a]=b&token[$gt]=&scope[a]=b&code[a]=b' },
  'an object that has methods': {
    body: 'grant_type[toString]=x&token[constructor]=x&client_id[length]=1',
  },
  '__proto__': {
    body: '__proto__=x&__proto__[a]=b&constructor[prototype][a]=b&grant_type=__proto__',
  },
  'every parameter twice': { body: `${code}&${code}&token=x&token=x` },
  'the grant_type twice': { body: 'grant_type=authorization_code&grant_type=client_credentials' },
  'NUL in each': { body: 'grant_type=%00&token=%00&scope=%00&code=%00' },
  'broken escapes': { body: 'grant_type=%zz&token=%&code=%e0%80%af' },
  'broken UTF-8': { body: 'grant_type=%ff%fe&token=%c3%28' },
  'line breaks': { body: 'grant_type=a%0d%0aSet-Cookie:x=y&token=%0d%0a&scope=%0d%0a' },
  'markup': { body: 'grant_type=<script>alert(1)</script>&scope="><img src=x onerror=alert(1)>' },
  'a grant_type that is an object’s property': { body: 'grant_type=hasOwnProperty' },
  'an empty value of each': {
    body: 'grant_type=&token=&code=&client_id=&client_secret=&scope=&resource=',
  },
  'names without values': { body: 'grant_type&token&code' },
  'separators alone': { body: '&&&&====&&&' },
  '2,000 parameters': { body: Array.from({ length: 2000 }, (_, index) => `a${index}=b`).join('&') },
  '2,000 resources': {
    body: `grant_type=authorization_code&code=x&code_verifier=y${'&resource=a'.repeat(2000)}`,
  },
  '60 kB in a parameter': { body: `grant_type=${'x'.repeat(60_000)}` },
  '1 MB in a parameter': {
    body: `grant_type=refresh_token&refresh_token=${'x'.repeat(1_000_000)}`,
  },
  '4 MB': { body: 'x'.repeat(4_000_000) },
  'a deep object': { body: `a${'[b]'.repeat(5000)}=c` },
  'the parameters in the query': { query: `?${code}&client_id=web&token=x` },
  'a broken query': { query: '?%zz=%&a[b]=c&__proto__=x', body: 'grant_type=x' },
  'Content-Encoding: gzip that is none': { body: code, headers: { 'content-encoding': 'gzip' } },
  'an X-HTTP-Method-Override': {
    body: 'grant_type=x',
    headers: { 'x-http-method-override': 'GET' },
  },
  'GET': { method: 'GET' },
  'HEAD': { method: 'HEAD' },
  'PUT': { method: 'PUT', body: code },
  'DELETE': { method: 'DELETE' },
  'PATCH': { method: 'PATCH', body: code },
  'PROPFIND': { method: 'PROPFIND' },
  'an attestation header': {
    body: code,
    headers: { 'oauth-client-attestation': 'x', 'oauth-client-attestation-pop': 'y' },
  },
  'a DPoP header': { body: 'grant_type=x', headers: { dpop: 'x' } },
  'a long Authorization header': {
    body: code,
    headers: { authorization: `Basic ${'A'.repeat(8000)}` },
  },
  'an Authorization header of control characters': {
    body: code,
    headers: { authorization: 'Basic \t\t' },
  },
  'a Basic header of 7 kB without a colon': {
    body: code,
    headers: { authorization: `Basic ${Buffer.from('x'.repeat(5000)).toString('base64')}` },
  },
  'a Cookie header of 8 kB': { body: 'grant_type=x', headers: { cookie: `a=${'b'.repeat(8000)}` } },
};

describe.each(parsers)('a host %s', (_name, before) => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost({ before, after: (app) => void app.set('trust proxy', true) });
  });
  afterAll(() => host.close());
  let addresses = 0;

  function sendHostile(
    path: string,
    { method = 'POST', body, type = form, query = '', headers = {} }: Hostile,
  ): Promise<RawReply> {
    addresses += 1;
    return rawRequest(host.origin, {
      method,
      target: `${host.mount}${path}${query}`,
      headers: {
        'authorization': web,
        'x-forwarded-for': `10.0.${addresses >> 8}.${addresses & 255}`,
        ...(type === '' ? {} : { 'content-type': type }),
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  it.each(Object.keys(hostile))('refuses %s in JSON, and goes on', async (name) => {
    for (const path of paths) {
      const request = hostile[name] ?? {};
      const { status, headers, text } = await sendHostile(path, request);
      // RFC 7009 §2.2 and RFC 7662 §2.2 answer 200 about an unknown token; nothing else is said.
      const isUnknownToken = status === 200 && path !== '/token';
      expect([isUnknownToken, status >= 400 && status < 500]).toContain(true);
      // What the host's own parser refuses never comes here, and the host answers it.
      if (before.length > 0 && headers['content-type']?.includes('text/html')) continue;
      expect(headers['content-type']).toMatch(/^application\/json/);
      if (request.method === 'HEAD') continue;
      const answer = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      if (isUnknownToken) expect(answer).toEqual(path === '/revoke' ? answer : { active: false });
      else
        expect(answer).toEqual({
          error: expect.any(String),
          error_description: expect.any(String),
        });
      expect(text).not.toMatch(/access_token"|at \/|node_modules|<script|<img/);
      expect(text.length).toBeLessThan(1000);
    }
    const { refresh_token } = await logIn(host, 'web');
    expect((await refresh(host, 'web', refresh_token)).status).toBe(200);
  });

  it('answers only what the method table says, also to methods in lower case', async () => {
    for (const path of paths) {
      const { status } = await rawRequest(host.origin, {
        method: 'GET',
        target: `${host.mount}${path}`,
      });
      expect(status).toBe(405);
      const lower = await speak(
        host,
        `post ${host.mount}${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      expect(lower).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
  });

  it('refuses headers of 100 kB before they come here', async () => {
    const bomb = `POST ${host.mount}/token HTTP/1.1\r\nHost: x\r\nX-Bomb: ${'a'.repeat(100_000)}\r\n\r\n`;
    expect(await speak(host, bomb)).toMatch(/^HTTP\/1\.1 431 /);
    const many = `POST ${host.mount}/token HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(20_000)}\r\n`;
    expect(await speak(host, many)).toMatch(/^HTTP\/1\.1 (400|431) /);
  });

  it('refuses a request whose length is smuggled', async () => {
    const both = `POST ${host.mount}/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect(await speak(host, both)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('survives a client that hangs up in the middle of a body', async () => {
    const half = `POST ${host.mount}/token HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: 1000\r\n\r\ngrant_type=`;
    await speak(host, half, 50);
    expect((await send(host, '/token', { grant_type: 'x' })).status).toBe(401);
  });

  it('has said in its log what it refused, and has met no failure of its own', () => {
    const failures = host.log.filter(({ level }) => level === 'error');
    expect(failures).toEqual([]);
    expect(JSON.stringify(host.log)).not.toContain('x'.repeat(1000));
  });
});

/** Writes bytes to the host and returns what comes back; hangs up after `leaveAfter` milliseconds, if given. */
function speak(host: TestHost, bytes: string, leaveAfter?: number): Promise<string> {
  const { hostname, port } = new URL(host.origin);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes('\r\n\r\n')) socket.end();
    });
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
    if (leaveAfter !== undefined) setTimeout(() => socket.destroy(), leaveAfter);
  });
}
