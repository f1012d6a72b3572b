import type { IncomingMessage, ServerResponse } from 'node:http';
import { jwks, type SigningKey } from './issuer.js';
import { type Served, serve } from './serve.js';

type Reply = (req: IncomingMessage, res: ServerResponse) => unknown;

/** An authorization server over HTTP, reduced to what a guard asks it; each reply can be replaced. */
export interface IssuerServer extends Served {
  readonly issuer: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** Requests that reached the introspection endpoint. */
  readonly introspected: { readonly authorization: string | undefined; readonly body: string }[];
  readonly replies: Map<string, Reply>;
  keys: SigningKey[];
  introspection: (token: string) => unknown;
}

export const metadataPath = '/.well-known/oauth-authorization-server/auth';
export const jwksPath = '/auth/jwks';
export const introspectionPath = '/auth/introspect';

export function json(value: unknown, status = 200): Reply {
  return (_req, res) =>
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

export async function issuerServer(...keys: SigningKey[]): Promise<IssuerServer> {
  const asked: string[] = [];
  const introspected: IssuerServer['introspected'] = [];
  const replies = new Map<string, Reply>();
  const served = await serve(async (req, res) => {
    const path = req.url ?? '';
    asked.push(path);
    let body = '';
    for await (const chunk of req) body += chunk;
    if (path === introspectionPath) {
      introspected.push({ authorization: req.headers.authorization, body });
    }
    const token = new URLSearchParams(body).get('token') ?? '';
    const reply = replies.get(path) ?? (await usual(path, token));
    reply(req, res);
  });

  async function usual(path: string, token: string): Promise<Reply> {
    if (path === metadataPath) {
      return json({
        issuer: server.issuer,
        jwks_uri: `${served.url}${jwksPath}`,
        introspection_endpoint: `${served.url}${introspectionPath}`,
      });
    }
    if (path === jwksPath) return json(await jwks(...server.keys));
    if (path === introspectionPath) return json(server.introspection(token));
    return json({}, 404);
  }

  const server: IssuerServer = {
    ...served,
    issuer: `${served.url}/auth`,
    asked,
    introspected,
    replies,
    keys,
    introspection: () => ({ active: false }),
  };
  return server;
}
