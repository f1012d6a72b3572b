// The user table that the app had before.
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly salt: Buffer;
  readonly hash: Buffer;
  isActive: boolean;
  /** Epoch second: logins before it are void. */
  signedOutAt: number;
}

const table: User[] = [row('u1', 'ada@acme.example', 'Ada'), row('u2', 'bob@acme.example', 'Bob')];
const nobody = row('', '', '');

export function findUser(id: string | undefined): User | undefined {
  return table.find((user) => user.id === id && user.isActive);
}

export function checkPassword(email: string, password: string): User | undefined {
  const user = table.find((one) => one.email === email && one.isActive);
  // An unknown address costs as much as a wrong password, so the time does not tell which addresses exist.
  const { salt, hash } = user ?? nobody;
  return timingSafeEqual(hash, scryptSync(password, salt, 32)) ? user : undefined;
}

function row(id: string, email: string, name: string): User {
  const salt = randomBytes(16);
  const hash = id === '' ? randomBytes(32) : scryptSync('demo-password', salt, 32);
  return { id, email, name, salt, hash, isActive: true, signedOutAt: 0 };
}
