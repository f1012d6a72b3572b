// What makes the provider, wherever it is reached: the app's own people, how they sign in, and what clients are told of them.
import { consentScreen } from '@gatehouse/consent';
import { passwordLogin } from '@gatehouse/login-password';
import { openidConnect } from '@gatehouse/oidc';
import { claims } from './claims.js';
import { findMember, type Member, passwords } from './people.js';

// #region provider
/** What a login by password counts as, for clients that ask how it was. */
const byPassword = 'urn:example:password';

export const provider = {
  theme: { name: 'Acme' },
  accounts: {
    find: findMember,
    id: (member: Member) => member.id,
    label: (member: Member) => member.mail,
  },
  plugins: [
    passwordLogin({
      verify: async (login) => (await passwords.check(login)) && login.identifier,
      acr: byPassword,
    }),
    consentScreen(),
    openidConnect<Member>({ claims, acr: [byPassword], requestObjects: true }),
  ],
};
// #endregion provider
