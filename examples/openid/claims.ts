import type { ClaimsMap } from '@gatehouse/oidc';
import type { Member } from './people.js';

// #region claims
/** What clients are told of a member, by the scope that the member allows. */
export const claims: ClaimsMap<Member> = {
  profile: {
    // In the ID token too, so that the shop can greet without a request. Other claims are at userinfo.
    name: {
      value: ({ givenName, familyName }) => `${givenName} ${familyName}`,
      in: ['id_token', 'userinfo'],
    },
    given_name: ({ givenName }) => givenName,
    middle_name: ({ middleName }) => middleName,
    family_name: ({ familyName }) => familyName,
    nickname: ({ nickname }) => nickname,
    preferred_username: ({ id }) => id,
    gender: ({ gender }) => gender,
    birthdate: ({ born }) => born,
    profile: ({ page }) => page,
    picture: ({ photo }) => photo,
    website: ({ blog }) => blog,
    zoneinfo: ({ timeZone }) => timeZone,
    locale: ({ language }) => language,
    updated_at: ({ changedAt }) => Math.floor(changedAt.getTime() / 1000),
  },
  email: ({ mail, mailChecked }) => ({ email: mail, email_verified: mailChecked }),
  phone: ({ phone, phoneChecked }) => ({
    phone_number: phone,
    phone_number_verified: phoneChecked,
  }),
  address: {
    address: ({ home: { street, city, zip, country } }) => ({
      street_address: street,
      locality: city,
      postal_code: zip,
      country,
    }),
  },
};
// #endregion claims
