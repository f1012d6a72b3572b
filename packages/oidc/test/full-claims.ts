import type { ClaimsMap } from '@gatehouse/oidc';
import type { Person } from '../../core/test/host.js';

/** What an account of {@link fullClaims} has for an address. */
export const address = {
  formatted: '12 Example Street\nLondon',
  street_address: '12 Example Street',
  locality: 'London',
  postal_code: 'N1 1AA',
  country: 'GB',
};
/** And for a profile. */
export const profile = {
  name: 'Ada Byron',
  family_name: 'Byron',
  given_name: 'Ada',
  nickname: 'Countess',
  preferred_username: 'ada',
  profile: 'https://people.test/ada',
  picture: 'https://people.test/ada.png',
  website: 'https://ada.test/',
  gender: 'female',
  birthdate: '1815-12-10',
  zoneinfo: 'Europe/London',
  locale: 'en-GB',
  updated_at: 1_700_000_000,
};
/** Claims of every standard scope. Some have no value. */
export const fullClaims: ClaimsMap<Person> = {
  profile: () => ({ ...profile, 'family_name#de': 'von Byron', 'middle_name': undefined }),
  email: () => ({ email: 'ada@people.test', email_verified: true }),
  address: { address: () => address },
  phone: { phone_number: () => '+44 20 7946 0000', phone_number_verified: () => undefined },
};
/** All of these scopes. */
export const fullScope = 'openid profile email address phone';
