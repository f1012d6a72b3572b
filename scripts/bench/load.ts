import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { pkce } from '../testing/browser-agent.js';
import { authorizationUrl, browserOf, codeOf, takeCode } from '../cluster/client.js';
import { clientOf, redirectUriOf, type ServerAddress } from '../cluster/server-address.js';

/** People who use one client of a server at the same time, each in a browser with a session. */
export interface Load {
  /** Runs code flows for so long: an authorization in the session, and the exchange. Answers how many there were. */
  codeFlows(milliseconds: number): Promise<number>;
  refreshes(milliseconds: number): Promise<number>;
  close(): void;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const clientId = 'web';

/** Logs the people in. Each has a connection that stays open. */
export async function startLoad(server: ServerAddress, people: number): Promise<Load> {
  const redirectUri = redirectUriOf(server, clientId);
  const { client_secret } = clientOf(server, clientId);
  const basic = Buffer.from(`${clientId}:${client_secret}`).toString('base64');
  const connections = new Agent({ keepAlive: true, maxSockets: people });

  function send(url: string, headers: OutgoingHttpHeaders, body?: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST';
      const outgoing = request(url, { method, headers, agent: connections }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** The refresh token that comes with an access token. */
  async function ask(fields: Record<string, string>): Promise<string> {
    const body = new URLSearchParams(fields).toString();
    const headers = {
      'authorization': `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
    };
    const { status, text } = await send(`${server.issuer}/token`, headers, body);
    const tokens = JSON.parse(text) as Record<string, unknown>;
    if (status !== 200 || String(tokens.access_token).split('.').length !== 3) {
      throw new Error(`the token endpoint answered ${status}: ${text}`);
    }
    return String(tokens.refresh_token);
  }

  async function codeFlow(cookie: string): Promise<string> {
    const { verifier, challenge } = pkce();
    const reply = await send(authorizationUrl(server, clientId, challenge), { cookie });
    const { location = '' } = reply.headers;
    const code = location.startsWith(redirectUri) && codeOf(location);
    if (!code) throw new Error(`no code: ${reply.status} ${location} ${reply.text.slice(0, 500)}`);
    return ask({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    });
  }

  const sessions = await Promise.all(
    Array.from({ length: people }, async (_, number) => {
      const agent = browserOf(server);
      await takeCode(server, clientId, `person${number}`, agent);
      const cookies = [...agent.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`);
      return { cookie: cookies.join('; '), refreshToken: '' };
    }),
  );

  async function repeat(
    milliseconds: number,
    work: (session: (typeof sessions)[number]) => Promise<string>,
  ): Promise<number> {
    const ends = performance.now() + milliseconds;
    const counts = sessions.map(async (session) => {
      let count = 0;
      for (; performance.now() < ends; count += 1) session.refreshToken = await work(session);
      return count;
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  return {
    codeFlows: (milliseconds) => repeat(milliseconds, ({ cookie }) => codeFlow(cookie)),
    refreshes: (milliseconds) =>
      repeat(milliseconds, ({ refreshToken }) =>
        ask({ grant_type: 'refresh_token', refresh_token: refreshToken }),
      ),
    close: () => connections.destroy(),
  };
}
