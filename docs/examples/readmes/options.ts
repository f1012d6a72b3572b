import { memoryStore } from '@gatehouse/store-memory';

export interface User {
  readonly id: string;
  readonly email: string;
}

const { GATEHOUSE_SECRET = '', JOBS_SECRET = '' } = process.env;

/** The options of a small host, without its plugins. */
export const options = {
  issuer: 'https://acme.example/auth',
  secrets: [GATEHOUSE_SECRET],
  store: memoryStore(),
  accounts: {
    find: async (id: string): Promise<User | undefined> => ({ id, email: `${id}@acme.example` }),
    id: (user: User): string => user.id,
  },
  resources: {
    'https://acme.example/api': { name: 'Acme API', scopes: { 'notes:read': 'Read your notes' } },
  },
  clients: [{ client_id: 'jobs', client_secret: JOBS_SECRET, scope: 'notes:read' }],
} as const;
