import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** A user of the app that Gatehouse is mounted into. */
export interface User {
  readonly id: string;
  readonly name: string;
}

/** Stands for the user table that your app has. */
export interface Users {
  add(user: User, password: string): Promise<void>;
  find(id: string): User | undefined;
  /** The user, when the password is right. */
  check(login: { identifier: string; password: string }): Promise<User | undefined>;
}

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/** Makes a table in memory. */
export function createUsers(): Users {
  const rows = new Map<string, { user: User; salt: Buffer; hash: Buffer }>();
  const nobody = { user: undefined, salt: randomBytes(16), hash: randomBytes(32) };
  return {
    async add(user, password) {
      const salt = randomBytes(16);
      rows.set(user.id, { user, salt, hash: await derive(password, salt, 32) });
    },
    find: (id) => rows.get(id)?.user,
    async check({ identifier, password }) {
      // An unknown name costs as much as a wrong password, so the time does not tell which names exist.
      const { user, salt, hash } = rows.get(identifier) ?? nobody;
      return timingSafeEqual(hash, await derive(password, salt, 32)) ? user : undefined;
    },
  };
}
