import { consentScreen } from '@gatehouse/consent';
import type { Plugin } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { termsOfService } from './terms-of-service.js';

const version = '2026-11';
const url = 'https://acme.example/terms';

// #region install
export const plugins: readonly Plugin[] = [
  passwordLogin(),
  termsOfService({ version, url }),
  consentScreen(),
];
// #endregion install
