import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consentScreen } from '@gatehouse/consent';
import {
  type AuthorizationServer,
  createAuthorizationServer,
  type ClientOptions,
  type Logger,
  type ResourcesOptions,
  type ServerExtensions,
  type ServerOptions,
} from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import type { Express, RequestHandler } from 'express';
import './record-secrets.js';
import { testStore } from './test-store.js';

/** A person of the test host. */
export interface Person {
  id: string;
  name: string;
  password: string;
  active: boolean;
  validFrom?: number;
}

export const api = 'https://api.test/notes';
export const ledger = 'https://api.test/ledger';

/** The ledger's own credential at the introspection endpoint. */
export const ledgerApi = {
  client_id: 'ledger-api',
  client_secret: 'ledger-api-secret-0123456789abcdefghij',
} as const;

const resources = {
  [api]: {
    name: 'Notes',
    scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Change your notes' },
  },
  [ledger]: {
    name: 'Ledger',
    scopes: { 'ledger:read': 'See your balance' },
    accessToken: { format: 'opaque' },
    introspection: ledgerApi,
  },
} as const satisfies ResourcesOptions;

export type Resources = typeof resources;

export const webSecret = 'web-secret-0123456789-abcdefghijklmnop';

export const clients: readonly ClientOptions[] = [
  {
    client_id: 'web',
    client_name: 'Acme Web',
    client_secret: webSecret,
    redirect_uris: ['https://web.test/cb'],
    scope: 'notes:read notes:write ledger:read',
    firstParty: true,
  },
  {
    client_id: 'partner',
    client_name: 'Partner',
    client_secret: 'partner-secret-0123456789-abcdefghijkl',
    redirect_uris: ['https://partner.test/cb'],
    scope: 'notes:read notes:write',
  },
  {
    client_id: 'spa',
    client_name: 'Notes in the browser',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://spa.test/cb'],
    scope: 'notes:read notes:write ledger:read',
    firstParty: true,
  },
  {
    client_id: 'cli',
    client_name: 'Notes CLI',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/cb', 'com.acme.notes:/cb'],
    scope: 'notes:read',
    firstParty: true,
  },
  {
    client_id: 'machine',
    client_secret: 'machine-secret-0123456789-abcdefghijkl',
    grant_types: ['client_credentials'],
    scope: 'notes:read ledger:read',
  },
];

/** The test host: an Express app with people, an API, and the server mounted. */
export interface TestHost {
  readonly origin: string;
  readonly issuer: string;
  readonly mount: string;
  readonly auth: AuthorizationServer<Resources> & ServerExtensions;
  readonly people: Map<string, Person>;
  readonly log: { level: string; context: object; message: string }[];
  close(): Promise<void>;
}

export type HostOptions = Partial<
  Omit<ServerOptions<Person, Resources>, 'issuer' | 'resources'>
> & {
  readonly mount?: string;
  readonly before?: readonly RequestHandler[];
  readonly after?: (app: Express) => void;
  /** An issuer that the app is not reached by: as behind a proxy that ends TLS. */
  readonly publicOrigin?: string;
};

/** The mount under test: the matrix walks all of them. */
export const testMount: string = process.env.GATEHOUSE_TEST_MOUNT ?? '/auth';

/** The Express under test. */
export async function loadExpress(): Promise<typeof import('express')> {
  const version = process.env.GATEHOUSE_TEST_EXPRESS ?? '5';
  const name = { '5': 'express', '4': 'express4', '4.18': 'express418' }[version];
  const loaded = (await import(name ?? 'express')) as { default: typeof import('express') };
  return loaded.default;
}

/** Starts a host on a free port of 127.0.0.1. */
export async function startHost(options: HostOptions = {}): Promise<TestHost> {
  const { mount = testMount, before = [], after, publicOrigin, store, ...own } = options;
  const express = await loadExpress();
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${publicOrigin ?? origin}${mount}`;
  const people = new Map<string, Person>([
    ['ada', { id: 'ada', name: 'Ada', password: 'ada-pw', active: true }],
    ['bob', { id: 'bob', name: 'Bob', password: 'bob-pw', active: true }],
  ]);
  const log: TestHost['log'] = [];
  const started = createAuthorizationServer({
    issuer,
    secrets: ['a-secret-of-the-test-host-0123456789abcdef'],
    store: store ?? testStore(),
    logger: recorder(log),
    accounts: {
      find: async (id: string): Promise<Person | undefined> => {
        const person = people.get(id);
        return person?.active ? person : undefined;
      },
      id: (person) => person.id,
      label: (person) => person.name,
      sessionsValidFrom: (person) => person.validFrom,
    },
    resources,
    clients,
    plugins: [
      passwordLogin({
        verify: ({ identifier, password }) => {
          const person = people.get(identifier);
          return person?.password === password ? person.id : undefined;
        },
      }),
      consentScreen(),
    ],
    ...own,
  });
  const auth = await started.catch(async (error: unknown) => {
    await stop(server);
    throw error;
  });
  for (const middleware of before) app.use(middleware);
  app.use(auth.routes());
  app.get(
    '/api/notes',
    auth.protect(
      api,
      { scope: 'notes:read' },
      (req, res) => void res.json({ who: req.auth.accountId }),
    ),
  );
  app.get(
    '/api/machine',
    auth.protect(
      api,
      { scope: 'notes:read', clients: true },
      (req, res) => void res.json({ kind: req.auth.kind }),
    ),
  );
  app.get(
    '/api/ledger',
    auth.protect(
      ledger,
      { scope: 'ledger:read', clients: true },
      (req, res) => void res.json({ kind: req.auth.kind }),
    ),
  );
  after?.(app);
  return {
    origin,
    issuer,
    mount,
    auth: auth as TestHost['auth'],
    people,
    log,
    async close() {
      await auth.close();
      await stop(server);
    },
  };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function recorder(log: TestHost['log']): Logger {
  const write = (level: string) => (context: object, message: string) =>
    void log.push({ level, context, message });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
