// Acme Notes: an app with users and an API, and Gatehouse mounted into it.
import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer, type Logger } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import { answerErrors, createUsers } from '@gatehouse-examples/shared';
import express, { type Express } from 'express';

/** Made anew at each start: nothing outlives the demo. */
export interface DemoSecrets {
  readonly gatehouse: string;
  readonly planner: string;
  readonly stats: string;
}

export interface Acme {
  readonly app: Express;
  readonly issuer: string;
  readonly api: string;
  close(): Promise<void>;
}

const logger: Logger = {
  debug() {},
  info: (event, name) => {
    const { accountId = '', clientId = '' } = event as { accountId?: string; clientId?: string };
    console.log(`  ${name} ${accountId} ${clientId}`);
  },
  warn: (_context, message) => console.log(`! ${message}`),
  error: (context, message) => console.error(message, context),
};

export async function createAcme(
  origin: string,
  plannerOrigin: string,
  secrets: DemoSecrets,
): Promise<Acme> {
  const users = createUsers();
  await users.add({ id: 'ada', name: 'Ada' }, 'demo-password');
  await users.add({ id: 'bob', name: 'Bob' }, 'demo-password');
  const notes = new Map([
    ['ada', ['Water the plants', 'Ask Bob about the boat']],
    ['bob', ['Tell Ada about the boat']],
  ]);
  const api = `${origin}/api`;

  const auth = await createAuthorizationServer({
    issuer: `${origin}/auth`,
    secrets: [secrets.gatehouse],
    store: memoryStore(),
    logger,
    theme: { name: 'Acme Notes' },
    accounts: {
      find: (id: string) => users.find(id),
      id: (user) => user.id,
      label: (user) => user.name,
    },
    resources: {
      [api]: {
        name: 'Notes',
        scopes: {
          'notes:read': 'Read your notes',
          'notes:write': 'Add notes',
          'stats:read': 'See how many notes there are',
        },
      },
    },
    clients: [
      {
        client_id: 'planner',
        client_name: 'Planner',
        client_secret: secrets.planner,
        redirect_uris: [`${plannerOrigin}/callback`],
        scope: 'notes:read notes:write',
      },
      { client_id: 'stats', client_secret: secrets.stats, scope: 'stats:read' },
    ],
    plugins: [passwordLogin({ verify: users.check }), consentScreen()],
  });

  const app = express();
  app.use(auth.routes());
  app.get(
    '/api/notes',
    auth.protect(api, { scope: 'notes:read' }, (req, res) => {
      res.json(notes.get(req.auth.accountId) ?? []);
    }),
  );
  app.post(
    '/api/notes',
    express.json(),
    auth.protect(api, { scope: 'notes:write' }, (req, res) => {
      const note = String(req.body?.note ?? '').slice(0, 200);
      notes.get(req.auth.accountId)?.push(note);
      res.status(201).json({ note });
    }),
  );
  app.get(
    '/api/stats',
    auth.protect(api, { scope: 'stats:read', clients: true }, (_req, res) => {
      res.json({ notes: [...notes.values()].flat().length });
    }),
  );
  app.get('/', (_req, res) => res.redirect(plannerOrigin));
  app.use(answerErrors);
  return { app, issuer: auth.issuer, api, close: auth.close };
}
