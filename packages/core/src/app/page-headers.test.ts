import { createServer } from 'node:http';
import express from 'express';
import helmet from 'helmet';
import supertest from 'supertest';
import { applyPageHeaders, pageHeaders } from './page-headers.js';

describe('the headers of a page', () => {
  it('allow the style of this reply and nothing else', () => {
    expect(pageHeaders({ nonce: 'abc' })).toEqual({
      'Content-Security-Policy':
        "default-src 'none'; style-src 'nonce-abc'; base-uri 'none'; frame-ancestors 'none'",
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    });
  });

  it.each([
    [['https://cdn.example:8443/a.png?b;c d'], 'https://cdn.example:8443'],
    [['/logo.svg'], "'self'"],
    [['data:image/png;base64,AAAA'], 'data:'],
    [['/a', '/b', undefined, 'https://cdn.example/a'], "'self' https://cdn.example"],
    [['http://cdn.example/a', undefined, 'javascript:x'], undefined],
    [['https://evil.example;sandbox/a'], undefined],
    [['https://evil.example,sandbox/a'], undefined],
    [['https://[2001:db8::1]:8443/a'], 'https://[2001:db8::1]:8443'],
  ])('allow the images %j from %j', (images, sources) => {
    const policy = pageHeaders({ nonce: 'abc', images })['Content-Security-Policy'];
    const directive = sources === undefined ? '' : `img-src ${sources}; `;
    expect(policy).toBe(
      `default-src 'none'; style-src 'nonce-abc'; ${directive}base-uri 'none'; frame-ancestors 'none'`,
    );
  });

  it('allow scripts by nonce where a page brings them, and no style without a nonce', () => {
    const withScripts = pageHeaders({ nonce: 'abc', scripts: true })['Content-Security-Policy'];
    expect(withScripts).toContain("script-src 'nonce-abc'");
    expect(pageHeaders({})['Content-Security-Policy']).not.toMatch(/nonce|style/);
  });

  it('never limit where a form leads, change schemes or cut off the page that opened a popup', () => {
    const text = JSON.stringify(pageHeaders({ nonce: 'abc', scripts: true, images: ['/x'] }));
    expect(text).not.toMatch(/form-action|upgrade-insecure|opener|transport-security/i);
  });

  it('replace those of the host’s middleware', async () => {
    const app = express();
    app.use(
      helmet(),
      helmet({ contentSecurityPolicy: { reportOnly: true }, crossOriginEmbedderPolicy: true }),
    );
    app.use((_req, res, next) => {
      res.set({
        'Cache-Control': 'public, max-age=600',
        'ETag': '"1"',
        'Expires': 'Thu, 01 Jan 2099 00:00:00 GMT',
        'CDN-Cache-Control': 'max-age=600',
        'Access-Control-Allow-Origin': 'https://evil.example',
        'Access-Control-Allow-Credentials': 'true',
        'Permissions-Policy': 'camera=()',
      });
      next();
    });
    app.get('/', (_req, res) => {
      applyPageHeaders(res, { nonce: 'abc' });
      res.setHeader('Content-Type', 'text/html');
      res.end('<!doctype html>');
    });
    const { headers } = await supertest(createServer(app)).get('/');
    for (const [name, value] of Object.entries(pageHeaders({ nonce: 'abc' }))) {
      expect(headers[name.toLowerCase()]).toBe(value);
    }
    for (const name of [
      'content-security-policy-report-only',
      'cross-origin-opener-policy',
      'cross-origin-embedder-policy',
      'origin-agent-cluster',
      'etag',
      'expires',
      'cdn-cache-control',
      'access-control-allow-origin',
      'access-control-allow-credentials',
    ]) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers['permissions-policy']).toBe('camera=()');
    expect(headers).toHaveProperty('strict-transport-security');
  });
});
