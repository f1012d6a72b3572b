import { ConfigurationError } from '@gatehouse/core';
import type { Passwords } from './passwords.js';

declare module '@gatehouse/core' {
  interface ServerExtensions {
    /** Managed passwords, of the plugin `passwordLogin`. */
    readonly passwords: Passwords;
  }
}

/** What stands at `auth.passwords` when the passwords are the host's: every call says so. */
export const noPasswords: Passwords = {
  set: refuse,
  change: refuse,
  changeIdentifier: refuse,
  remove: refuse,
  verify: refuse,
};

async function refuse(): Promise<never> {
  throw new ConfigurationError('ERR_USAGE', [
    {
      path: 'passwords',
      message:
        'passwordLogin has a "verify", so the passwords are yours. Remove it to let Gatehouse keep them.',
    },
  ]);
}
