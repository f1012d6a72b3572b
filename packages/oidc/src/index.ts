export type * from './claims-map.js';
export { openidConnect } from './openid-connect.js';
export type { OpenidConnectOptions } from './options.js';
export type { SelectAccountData } from './select-account.js';
export type {
  Address,
  AddressClaims,
  EmailClaims,
  PhoneClaims,
  ProfileClaims,
} from './standard-claims.js';
