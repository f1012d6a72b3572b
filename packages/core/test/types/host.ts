// A host as people write it, and what must not compile. It is compiled against the types of Express 4 and 5; it never runs.
import { consentScreen } from '@gatehouse/consent';
import {
  type AuthorizationServer,
  type CounterOptions,
  createAuthorizationServer,
  definePlugin,
  hostLogin,
  type ResourcesOptions,
} from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import express, { type RequestHandler, Router } from 'express';
import {
  RateLimiterMemory,
  RateLimiterMongo,
  RateLimiterPostgres,
  RateLimiterRedis,
} from 'rate-limiter-flexible';

interface User {
  id: string;
  name: string;
}

declare const users: {
  findById(id: string): Promise<User | null>;
  check(identifier: string, password: string): Promise<User | undefined>;
};

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(value: T): T => value;

const api = 'https://acme.example/api';
const ledger = 'https://acme.example/ledger';
const accounts = { find: (id: string) => users.findById(id), id: (user: User) => user.id };
const basics = { issuer: 'https://acme.example/auth', secrets: ['x'], store: memoryStore() };

const auth = await createAuthorizationServer({
  ...basics,
  accounts: {
    find: (id: string) => users.findById(id),
    id: (user) => {
      holds<Equal<typeof user, User>>(true);
      return user.id;
    },
    label: (user) => user.name,
    fromRequest: () => ({ account: { id: '1', name: 'Ada' }, authTime: 1 }),
  },
  resources: {
    [api]: {
      name: 'Acme API',
      scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Change your notes' },
    },
    [ledger]: { name: 'Ledger', scopes: { 'ledger:read': 'See your balance' } },
  },
  clients: [
    {
      client_id: 'web',
      client_secret: 'secret',
      redirect_uris: ['https://app.acme.example/cb'],
      scope: 'notes:read',
      firstParty: true,
    },
  ],
  plugins: [
    passwordLogin<User>({
      verify: ({ identifier, password }) => users.check(identifier, password),
    }),
    hostLogin({ url: '/login' }),
    consentScreen({ apps: { path: '/account/apps' } }),
    definePlugin<User>({
      name: 'names',
      setup: (slots) => slots.claims((user) => ({ name: user.name })),
    }),
    definePlugin({
      name: 'hello',
      setup: (slots, { sessions }) =>
        slots.routes({
          method: 'GET',
          path: '/hello',
          async handle(request) {
            const session = await sessions.find(request);
            // @ts-expect-error nobody may be signed in
            session.account.label;
            if (!session) return sessions.signIn(request);
            return { page: 'hello', data: { label: session.account.label } };
          },
        }),
    }),
  ],
});
consentScreen({ apps: false });
// @ts-expect-error there is no `true`: it is on by default
consentScreen({ apps: true });
// @ts-expect-error a path begins with a slash
consentScreen({ apps: { path: 'apps' } });

const app = express();
app.use(auth.routes());
const mount: RequestHandler = auth.routes();
Router().use(mount, auth.protect(api, { scope: ['notes:read', 'notes:write'] }));
app.get(
  '/api/notes',
  auth.protect(api, { scope: 'notes:read' }, (req, res) => {
    holds<Equal<typeof req.auth.kind, 'account'>>(true);
    res.json({ id: req.auth.accountId, query: req.query.q });
  }),
);
app.get(
  '/api/all',
  auth.protect(api, { scope: 'notes:read', clients: true }, (req, res) => {
    res.json(req.auth.kind === 'account' ? req.auth.accountId : req.auth.clientId);
  }),
);
app.get('/api/later', auth.protect(ledger), (req, res) => {
  res.json(auth.of(req)?.clientId);
});
app.post('/login', (req, res) => {
  res.redirect(auth.hostLogin?.returnTo(req.query.returnTo) ?? '/');
});
auth.on('login.succeeded', ({ accountId, at }) => `${accountId} ${at.toFixed()}`);
void auth.revoke({ accountId: '1' });
void auth.revoke({ accountId: '1', clientId: 'web' });
void auth.grants.list({ accountId: '1', clientId: 'web' });
void auth.keys.list().then((keys) => keys.map(({ kid, alg, state }) => `${kid} ${alg} ${state}`));
void auth.keys.rotate({ revoke: true });
void auth.passwords.set('1', 'ada', 'a long password');

// @ts-expect-error an unknown scope
auth.protect(api, { scope: 'notes:raed' });
// @ts-expect-error an unknown scope in a list
auth.protect(api, { scope: ['notes:read', 'notes:raed'] });
// @ts-expect-error the scope of another resource
auth.protect(api, { scope: 'ledger:read' });
// @ts-expect-error an unknown resource
auth.protect('https://acme.example/other', {});
// @ts-expect-error a client's token carries no accountId
auth.protect(api, { clients: true }, (req) => req.auth.accountId);
// @ts-expect-error an unknown event
auth.on('login.succeded', () => {});
// @ts-expect-error a member that the event does not have
auth.on('login.succeeded', ({ password }) => password);
// @ts-expect-error a target that is none
void auth.revoke({ userId: '1' });
// @ts-expect-error `auth` is not on every request of Express: other libraries claim that name
app.get('/other', (req) => req.auth);

await createAuthorizationServer({
  ...basics,
  accounts,
  resources: {},
  plugins: [
    // @ts-expect-error a plugin for another account type
    definePlugin<{ shoeSize: number }>({
      name: 'shoes',
      setup: (slots) => slots.claims((user) => ({ s: user.shoeSize })),
    }),
  ],
});
await createAuthorizationServer({
  ...basics,
  accounts,
  resources: {},
  // @ts-expect-error a login that returns another account type
  plugins: [passwordLogin<{ shoeSize: number }>({ verify: () => ({ shoeSize: 42 }) })],
});
await createAuthorizationServer({
  ...basics,
  // @ts-expect-error a session of another account type
  accounts: { ...accounts, fromRequest: () => ({ account: { shoeSize: 42 }, authTime: 1 }) },
  resources: {},
});
await createAuthorizationServer({
  ...basics,
  accounts,
  resources: {},
  keys: {
    signer: {
      jwks: { keys: [{ kty: 'EC', kid: 'kms' }] },
      sign: async (alg, kid, bytes) => {
        holds<Equal<typeof alg, 'ES256' | 'RS256' | 'PS256' | 'EdDSA'>>(true);
        return Buffer.from(`${kid}${bytes.length}`);
      },
    },
  },
});
await createAuthorizationServer({
  ...basics,
  accounts,
  resources: {},
  // @ts-expect-error a time in words
  keys: { rotateSeconds: '90d' },
});
await createAuthorizationServer({
  ...basics,
  accounts,
  resources: {},
  // @ts-expect-error an option that there is not
  isuer: 'https://acme.example',
});
// @ts-expect-error no accounts
await createAuthorizationServer({ ...basics, resources: {} });
await createAuthorizationServer({
  ...basics,
  accounts,
  resources: {},
  // @ts-expect-error a waiver that there is not
  waivers: ['http'],
});

// Limiters of the library fit as they are.
declare const storeClient: object;
for (const limits of [
  (options: CounterOptions) => new RateLimiterRedis({ storeClient, ...options }),
  (options: CounterOptions) => new RateLimiterMongo({ storeClient, ...options }),
  (options: CounterOptions) => new RateLimiterPostgres({ storeClient, ...options }),
]) {
  await createAuthorizationServer({ ...basics, accounts, resources: {}, limits });
}
await createAuthorizationServer({
  ...basics,
  accounts,
  resources: {},
  limits: (options) => new RateLimiterMemory(options),
});
await createAuthorizationServer({
  ...basics,
  accounts,
  resources: {},
  // @ts-expect-error what counts nothing
  limits: () => ({ get: async () => null }),
});

/** Where a server is handed on, its resources need not be known. */
export function useAnywhere(server: AuthorizationServer<ResourcesOptions>): RequestHandler {
  return server.routes();
}
