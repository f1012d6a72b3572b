import type { RequestHandler } from 'express';
import { browserAgent, pkce } from '../browser-agent.js';
import { loadExpress, startHost, type TestHost } from '../host.js';
import { ada } from '../interaction-page.js';
import { basic, secretOf, send } from '../machine-client.js';
import { authorizationUrl, logIn, takeCode } from '../oauth-client.js';

const express = await loadExpress();
const authorization = basic('web', secretOf('web'));

/** How a host reads forms before they come to us, and what it answers itself to more than a thousand fields. */
const hosts: Readonly<Record<string, { before: RequestHandler[]; status: number }>> = {
  'that reads no forms': { before: [], status: 400 },
  'with express.urlencoded()': { before: [express.urlencoded({ extended: false })], status: 413 },
  'with express.urlencoded({ extended: true })': {
    before: [express.urlencoded({ extended: true })],
    status: 413,
  },
  'that takes 5,000 fields': {
    before: [express.urlencoded({ extended: false, parameterLimit: 5000 })],
    status: 400,
  },
  'that takes 5,000 fields, and makes objects of them': {
    before: [express.urlencoded({ extended: true, parameterLimit: 5000 })],
    status: 400,
  },
  'that reads text': { before: [express.text({ type: '*/*' })], status: 400 },
  'that reads bytes': { before: [express.raw({ type: '*/*' })], status: 400 },
};

const fill = (count: number, name = (_index: number): string => 'x'): string =>
  Array.from({ length: count }, (_, index) => `${name(index)}=1`).join('&');

describe.each(Object.entries(hosts))('a host %s', (_name, { before, status: expected }) => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost({ before, after: (app) => void app.set('trust proxy', true) });
  });
  afterAll(() => host.close());

  // RFC 6749 §3.2: a parameter that comes twice is refused, wherever the second one stands.
  it('takes no second code behind 1,200 fields, and the code is not spent', async () => {
    const { code, verifier } = await takeCode(host, 'web');
    const form = `grant_type=authorization_code&code=${code}&code_verifier=${verifier}&redirect_uri=https://web.test/cb`;
    for (const filled of [fill(1200), fill(1200, (index) => `x${index}`)]) {
      const hidden = `${form}&${filled}&code=another`;
      const refused = await send(host, '/token', hidden, { authorization });
      expect(refused.status).toBe(expected);
      if (expected === 400) expect(refused.body.error).toBe('invalid_request');
    }
    expect((await send(host, '/token', form, { authorization })).status).toBe(200);
  });

  it.each(['/introspect', '/revoke'])('takes no second token at %s', async (path) => {
    const { access_token: token } = await logIn(host, 'web');
    const hidden = `token=${token}&${fill(1200)}&token=x`;
    const { status, body } = await send(host, path, hidden, { authorization });
    expect(status).toBe(expected);
    expect(body).not.toHaveProperty('active');
    const near = `token=${token}&${fill(998)}&token=x`;
    expect((await send(host, path, near, { authorization })).body.error).toBe('invalid_request');
    const most = `token=${token}&${fill(999)}`;
    expect((await send(host, path, most, { authorization })).status).toBe(200);
  });

  it('takes no login form of more than a thousand fields', async () => {
    const agent = browserAgent(host.origin);
    const page = await agent.follow(authorizationUrl(host, 'web', pkce().challenge));
    const many = Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [`x${index}`, '1']));
    const refused = await agent.press(page, { ...many, ...ada });
    expect(refused.status).toBe(expected);
    const done = await agent.submit(page, ada);
    expect(done.location).toContain('code=');
  });
});
