/** Claims of the scope `profile` (OpenID Connect Core §5.4, types by §5.1). */
export type ProfileClaims = {
  readonly name?: string | undefined;
  readonly family_name?: string | undefined;
  readonly given_name?: string | undefined;
  readonly middle_name?: string | undefined;
  readonly nickname?: string | undefined;
  readonly preferred_username?: string | undefined;
  readonly profile?: string | undefined;
  readonly picture?: string | undefined;
  readonly website?: string | undefined;
  readonly gender?: string | undefined;
  readonly birthdate?: string | undefined;
  readonly zoneinfo?: string | undefined;
  readonly locale?: string | undefined;
  /** Epoch second. */
  readonly updated_at?: number | undefined;
};

/** Claims of the scope `email`. */
export type EmailClaims = {
  readonly email?: string | undefined;
  readonly email_verified?: boolean | undefined;
};

/** The value of the claim `address` (OpenID Connect Core §5.1.1). */
export type Address = {
  readonly formatted?: string | undefined;
  readonly street_address?: string | undefined;
  readonly locality?: string | undefined;
  readonly region?: string | undefined;
  readonly postal_code?: string | undefined;
  readonly country?: string | undefined;
};

/** Claims of the scope `address`. */
export type AddressClaims = { readonly address?: Address | undefined };

/** Claims of the scope `phone`. */
export type PhoneClaims = {
  readonly phone_number?: string | undefined;
  readonly phone_number_verified?: boolean | undefined;
};

/** The scopes that OpenID Connect Core §5.4 defines, with their claims. */
export type StandardScopes = {
  readonly profile: ProfileClaims;
  readonly email: EmailClaims;
  readonly address: AddressClaims;
  readonly phone: PhoneClaims;
};

// As records, so that a claim that the type has and the list lacks does not compile.
const profile: Readonly<Record<keyof ProfileClaims, true>> = {
  name: true,
  family_name: true,
  given_name: true,
  middle_name: true,
  nickname: true,
  preferred_username: true,
  profile: true,
  picture: true,
  website: true,
  gender: true,
  birthdate: true,
  zoneinfo: true,
  locale: true,
  updated_at: true,
};
const email: Readonly<Record<keyof EmailClaims, true>> = { email: true, email_verified: true };
const phone: Readonly<Record<keyof PhoneClaims, true>> = {
  phone_number: true,
  phone_number_verified: true,
};

/** The claim names of each standard scope. */
export const standardClaims: { readonly [Scope in keyof StandardScopes]: readonly string[] } = {
  profile: Object.keys(profile),
  email: Object.keys(email),
  address: ['address'],
  phone: Object.keys(phone),
};

/** Whether OpenID Connect Core §5.4 defines the scope. */
export function isStandard(scope: string): scope is keyof StandardScopes {
  return Object.hasOwn(standardClaims, scope);
}
