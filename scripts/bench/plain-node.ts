import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Provider } from 'oidc-provider';
import type { NodeCall, NodeMessage } from '../cluster/node.js';
import { type NodeConfig, notes } from '../cluster/node-config.js';
import { plainMemory } from './plain-memory.js';
import { plainMongo } from './plain-mongo.js';
import { plainPostgres } from './plain-postgres.js';

// A server process as a team writes it on the engine alone: the same app, clients, key, tokens and rules as its counterpart.
const config = JSON.parse(process.env.CLUSTER_NODE ?? '') as NodeConfig;
const { kind, uri, prefix } = config.store;
const stores = { memory: plainMemory, mongo: plainMongo, postgres: plainPostgres };
const store = await stores[kind](uri, prefix);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'a-key' };
const mount = new URL(config.issuer).pathname;
const alg = 'ES256';

const provider = new Provider(config.issuer, {
  adapter: store.adapter as never,
  jwks: { keys: [jwk as never] },
  clients: config.clients.map(({ client_id, client_secret, redirect_uris, grant_types }) => ({
    client_id,
    ...(client_secret === undefined ? {} : { client_secret }),
    redirect_uris: [...(redirect_uris ?? [])],
    response_types: redirect_uris ? ['code'] : [],
    grant_types: [...(grant_types ?? ['authorization_code', 'refresh_token'])],
    token_endpoint_auth_method: client_secret === undefined ? 'none' : 'client_secret_basic',
  })) as never,
  clientDefaults: { id_token_signed_response_alg: alg },
  claims: {},
  routes: { authorization: '/authorize' },
  cookies: { keys: ['a-key-for-the-cookies-of-the-bench'] },
  pkce: { required: () => true },
  ttl: {
    AuthorizationCode: 60,
    RefreshToken: 30 * 86_400,
    Grant: 180 * 86_400,
    Session: 14 * 86_400,
    Interaction: 3600,
  },
  issueRefreshToken: async () => true,
  expiresWithSession: () => false,
  rotateRefreshToken: true,
  findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  interactions: { url: (_ctx, { uid }) => `${mount}/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => notes,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'notes:read',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg } },
      }),
    },
  },
});

const app = express();
app.get(`${mount}/interaction/:uid`, async (req, res) => {
  const { prompt, params, session } = await provider.interactionDetails(req, res);
  if (prompt.name === 'login') {
    res.send('<form method="post"><input name="identifier"><input name="password"></form>');
    return;
  }
  const grant = new provider.Grant({
    accountId: session?.accountId ?? '',
    clientId: String(params.client_id),
  });
  grant.addResourceScope(notes, 'notes:read');
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(req, res, { consent }, { mergeWithLastSubmission: true });
});
app.post(`${mount}/interaction/:uid`, express.urlencoded({ extended: false }), async (req, res) => {
  const { identifier, password } = req.body as Record<string, string>;
  if (password !== `${identifier}-pw`) {
    res.status(401).end();
    return;
  }
  await provider.interactionFinished(req, res, { login: { accountId: identifier ?? '' } });
});
app.use(mount, provider.callback());

const server = createServer(app);
await new Promise<void>((resolve) => server.listen(config.port ?? 0, '127.0.0.1', resolve));
process.on('message', ({ id }: NodeCall) => {
  process.send?.({ id, value: process.cpuUsage() } satisfies NodeMessage);
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void store.close().then(() => process.exit(0));
});
process.on('disconnect', () => process.exit(1));
process.send?.({ port: (server.address() as AddressInfo).port } satisfies NodeMessage);
