// What your app has already: its settings, its users, its data.
import { createUsers } from '@gatehouse-examples/shared';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

const { ORIGIN = '', PORT = '', GATEHOUSE_SECRET = '', WEB_SECRET = '' } = process.env;

export const settings = {
  origin: ORIGIN,
  port: Number(PORT),
  secret: GATEHOUSE_SECRET,
  webSecret: WEB_SECRET,
};

const ada: User = { id: 'ada', name: 'Ada', email: 'ada@acme.example' };
const users = new Map([[ada.id, ada]]);
const passwords = createUsers();
await passwords.add(ada, 'demo-password');

export const findUser = (id: string): User | undefined => users.get(id);

/** The user, when the password is right. */
export async function checkPassword(id: string, password: string): Promise<User | undefined> {
  return (await passwords.check({ identifier: id, password })) && users.get(id);
}

export const notesOf = (accountId: string): string[] => [`Water the plants of ${accountId}`];
