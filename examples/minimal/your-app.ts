// What your app has already: its settings, its users, its data.
import { createUsers, type Users } from '@gatehouse-examples/shared';

// For the demo alone. On a server, the environment comes from outside.
process.loadEnvFile(new URL('../demo.env', import.meta.url));

export const port: number = Number(process.env.PORT ?? 3000);
export const origin: string = `http://localhost:${port}`;

export const users: Users = createUsers();
await users.add({ id: 'ada', name: 'Ada' }, 'demo-password');

export const notesOf = (accountId: string): string[] => [`Water the plants of ${accountId}`];
