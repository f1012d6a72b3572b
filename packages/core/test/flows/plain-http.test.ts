import { memoryStore } from '@gatehouse/store-memory';
import { browserAgent } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { logIn } from '../oauth-client.js';

const plain = 'http://acme.local';

let host: TestHost | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

async function askApi({ origin }: TestHost, path: string, token?: string): Promise<Response> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${origin}${path}`, { headers });
}

describe('an http: issuer on another host', () => {
  it('serves its flows and guards the API in the same process, with a warning in development', async () => {
    host = await startHost({ publicOrigin: plain });
    const warned = host.log.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warned).toContain('unsafe configuration, production refuses this: http-issuer');
    const agent = browserAgent(host.origin, plain);
    const tokens = await logIn(host, 'web', { agent });
    const { iss } = JSON.parse(
      Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString(),
    ) as { iss: string };
    expect(iss).toBe(`${plain}${host.mount}`);
    expect((await askApi(host, '/api/notes', tokens.access_token)).status).toBe(200);
    expect((await askApi(host, '/api/notes')).status).toBe(401);
  });

  describe('in production', () => {
    const { NODE_ENV } = process.env;
    beforeEach(() => {
      process.env.NODE_ENV = 'production';
    });
    afterEach(() => {
      process.env.NODE_ENV = NODE_ENV;
    });
    const laptop = ['memory-store', 'throw-away-keys'] as const;
    const start = (waivers: NonNullable<Parameters<typeof startHost>[0]>['waivers']) =>
      startHost({ publicOrigin: plain, store: memoryStore(), waivers: waivers ?? [] });

    it('starts with the waiver http-issuer', async () => {
      host = await start([...laptop, 'http-issuer']);
      expect(host.issuer).toContain(plain);
      const agent = browserAgent(host.origin, plain);
      const { access_token } = await logIn(host, 'web', { agent });
      expect((await askApi(host, '/api/notes', access_token)).status).toBe(200);
    });

    it('is refused without', async () => {
      await expect(start(laptop)).rejects.toThrow('unless "http-issuer" is in waivers');
    });
  });
});
