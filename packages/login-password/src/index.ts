import './server-extension.js';

export type { LimitTier, LoginLimitsOptions } from './login-limits.js';
export { PasswordError, type PasswordErrorCode } from './password-error.js';
export { passwordLogin } from './password-login.js';
export type {
  Credentials,
  HashingOptions,
  IdentifierOptions,
  PasswordLoginOptions,
} from './password-options.js';
export { createPasswords, type Passwords, type PasswordsOptions } from './passwords.js';
