// What compiles and what must not, for the claims map. It never runs.
import {
  type AccountsOptions,
  createAuthorizationServer,
  type ServerOptions,
} from '@gatehouse/core';
import { openidConnect } from '@gatehouse/oidc';

interface User {
  id: string;
  name: string;
  mail: string;
  birthday: Promise<string>;
}

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(value: T): T => value;

openidConnect<User>({
  claims: {
    profile: async (user) => {
      holds<Equal<typeof user, User>>(true);
      return {
        name: user.name,
        'name#de': user.name,
        birthdate: await user.birthday,
        updated_at: 1,
      };
    },
    email: {
      email: (user) => user.mail,
      email_verified: { value: async () => true, in: ['id_token'] },
    },
    address: (user) => ({ address: { formatted: user.name } }),
    phone: { phone_number: () => undefined },
    company: (user) => ({ company_id: user.id, anything: [1] }),
    team: { team_id: { value: (user) => user.id, in: ['access_token', 'userinfo'] } },
  },
  scopes: { company: 'See your company', team: 'See your team' },
});

// @ts-expect-error a misspelt claim
openidConnect<User>({ claims: { profile: (user) => ({ name: user.name, nmae: user.name }) } });
// @ts-expect-error a claim that is cut off
openidConnect<User>({ claims: { profile: (user) => ({ nam: user.name }) } });
// @ts-expect-error a claim that is too long
openidConnect<User>({ claims: { profile: (user) => ({ names: user.name }) } });
// @ts-expect-error a claim of another scope
openidConnect<User>({ claims: { profile: async (user) => ({ name: 'x', email: user.mail }) } });
// @ts-expect-error a value of another type
openidConnect<User>({ claims: { profile: async () => ({ name: 3 }) } });
// @ts-expect-error a misspelt claim in a language
openidConnect<User>({ claims: { profile: (user) => ({ name: user.name, 'nmae#de': user.name }) } });
// @ts-expect-error a single claim that is misspelt
openidConnect<User>({ claims: { email: { emial: (user: User) => user.mail } } });
// @ts-expect-error a single claim of another type
openidConnect<User>({ claims: { email: { email_verified: () => 'yes' } } });
const elsewhere = { value: (user: User) => user.mail, in: ['idtoken'] } as const;
// @ts-expect-error a place that does not exist
openidConnect<User>({ claims: { email: { email: elsewhere } } });
// @ts-expect-error a member that the account does not have
openidConnect<User>({ claims: { company: (user) => ({ id: user.company }) } });
// @ts-expect-error an option that does not exist
openidConnect<User>({ claim: {} });
openidConnect<User>({ subject: 'pairwise', requestObjects: true, pushedRequests: 'always' });
// @ts-expect-error a subject type that does not exist
openidConnect<User>({ subject: 'pairwize' });
// @ts-expect-error a choice that does not exist
openidConnect<User>({ pushedRequests: 'required' });

declare const accounts: AccountsOptions<User>;
declare const basics: Omit<
  ServerOptions<User, Record<string, never>>,
  'accounts' | 'plugins' | 'resources'
>;
const find = async (id: string): Promise<User | undefined> => accounts.find(id) as Promise<User>;
const own = { find, id: (user: User) => user.id };
void createAuthorizationServer({
  ...basics,
  accounts: own,
  resources: {},
  plugins: [openidConnect<User>()],
});
const foreign = openidConnect<{ other: true }>();
void createAuthorizationServer({
  ...basics,
  accounts: own,
  resources: {},
  // @ts-expect-error a plugin for another account type
  plugins: [foreign],
});
