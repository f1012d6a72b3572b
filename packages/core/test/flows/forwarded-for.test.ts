import type { RequestHandler } from 'express';
import { startHost, type TestHost } from '../host.js';

let host: TestHost | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

const trust: RequestHandler = (req, _res, next) => {
  req.app.set('trust proxy', 'loopback');
  next();
};
const warnings = ({ log }: TestHost): TestHost['log'] =>
  log.filter(({ message }) => message.includes('trust proxy'));
const send = async (at: TestHost, path: string, address?: string): Promise<void> => {
  const headers = address === undefined ? {} : { 'x-forwarded-for': address };
  await fetch(`${at.origin}${path}`, { headers });
};
const metadata = '/.well-known/oauth-authorization-server';

describe('a request that a proxy has passed on', () => {
  it('is warned about once when the app trusts no proxy, and no address is said', async () => {
    host = await startHost();
    const path = `${metadata}${host.mount}`;
    await send(host, path);
    await send(host, '/api/notes', '192.0.2.7');
    expect(warnings(host)).toEqual([]);
    for (const address of ['192.0.2.7', '192.0.2.8', 'unknown, "<b>', 'x'.repeat(5000), '']) {
      await send(host, path, address);
    }
    expect(warnings(host)).toEqual([
      {
        level: 'warn',
        context: {},
        message:
          'a request has X-Forwarded-For, and the app trusts no proxy: behind one, limits count all people as the one address of the proxy. Write app.set("trust proxy", …) for the proxies that you have; without any, somebody has made the header up',
      },
    ]);
  });

  it('is nothing to warn about when the app trusts the proxy', async () => {
    host = await startHost({ before: [trust] });
    await send(host, `${metadata}${host.mount}`, '192.0.2.7');
    expect(warnings(host)).toEqual([]);
  });
});
