import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer, type Logger } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import express from 'express';

export const issuer = 'https://acme.example/auth';
export const callback = 'https://planner.example/callback';
export const clientSecret = 'H7pQ2vXk9sLw4tRb6yNd3mZc8fGj1uEa';

/** The server of the recorded round trip, as behind a proxy that ends TLS. */
export interface RoundTripHost {
  /** Where it listens. */
  readonly origin: string;
  readonly log: { readonly message: string; readonly context: object }[];
  close(): Promise<void>;
}

/** Starts it. */
export async function startRoundTripHost(): Promise<RoundTripHost> {
  const api = 'https://acme.example/api';
  const log: RoundTripHost['log'] = [];
  const write = (context: object, message: string): void => void log.push({ context, message });
  const logger: Logger = { debug() {}, info: write, warn: write, error: write };
  const auth = await createAuthorizationServer({
    issuer,
    secrets: ['q8Wn3xTz7cVb5mLk2jHg9fDs4aPo6iUy'],
    store: memoryStore(),
    logger,
    theme: { name: 'Acme' },
    accounts: { find: (id: string) => (id === 'ada' ? { id } : undefined), id: ({ id }) => id },
    resources: {
      [api]: {
        name: 'Acme API',
        scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Change your notes' },
      },
    },
    clients: [
      {
        client_id: 'planner',
        client_name: 'Planner',
        client_secret: clientSecret,
        redirect_uris: [callback],
        scope: 'notes:read notes:write',
      },
    ],
    plugins: [
      passwordLogin({ verify: ({ password }) => (password === 'ada-pw' ? 'ada' : undefined) }),
      consentScreen(),
    ],
  });
  const app = express();
  app.use(auth.routes());
  app.get(
    '/api/notes',
    auth.protect(api, { scope: 'notes:read' }, (req, res) => {
      res.json([{ owner: req.auth.accountId, text: 'Water the plants' }]);
    }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    async close() {
      await auth.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
