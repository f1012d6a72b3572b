// What clients are told of people, as the guide to claims shows it.
import { consentScreen } from '@gatehouse/consent';
import { type ClientOptions, createAuthorizationServer, hostLogin } from '@gatehouse/core';
import { type ClaimsMap, openidConnect } from '@gatehouse/oidc';
import { memoryStore } from '@gatehouse/store-memory';
import express, { type Express, type Request } from 'express';

/** A row of the user table of the app. */
export interface User {
  readonly id: string;
  givenName: string;
  readonly familyName: string;
  readonly nameInJapanese?: string;
  readonly mail: string;
  readonly mailChecked: boolean;
  readonly changedAt: Date;
  companyId: string;
  readonly hasKey: boolean;
}

/** Another service of the app. */
export interface Directory {
  rolesOf(userId: string): Promise<string[]>;
}

/** The map of the guide. */
export function createClaims(directory: Directory): ClaimsMap<User> {
  // #region map
  const claims: ClaimsMap<User> = {
    // All claims of a scope at once: a function of your own user.
    profile: (user) => ({
      name: `${user.givenName} ${user.familyName}`,
      'name#ja': user.nameInJapanese, // most have none: then there is no such claim
      updated_at: Math.floor(user.changedAt.getTime() / 1000),
    }),
    // Or one by one.
    email: {
      email: (user) => user.mail,
      email_verified: (user) => user.mailChecked,
    },
    // A scope of your own. Its claims may have any name and value, and come from anywhere.
    company: {
      company_id: { value: (user) => user.companyId, in: ['id_token', 'userinfo', 'access_token'] },
      company_roles: { value: (user) => directory.rolesOf(user.id), in: ['access_token'] },
    },
  };
  // #endregion map
  return claims;
}

// #region openid
export const identity = (claims: ClaimsMap<User>) =>
  openidConnect<User>({
    claims,
    scopes: { company: 'See where you work' }, // what people read when they are asked
    acr: ['urn:acme:key'], // a class that your logins say: see below
  });
// #endregion openid

// #region client
/** A client whose library reads the ID token, and never asks at userinfo. */
export const oldClient = (client_secret: string): ClientOptions => ({
  client_id: 'old',
  client_secret,
  redirect_uris: ['https://old.example/callback'],
  scope: 'openid profile',
  claimsInIdToken: true,
});
// #endregion client

/** Who is logged in to the app. */
export interface Login {
  readonly user: User;
  readonly at: number;
}

/** An app that tells claims. `loginOf` stands for its session. */
export async function createApp(
  issuer: string,
  secret: string,
  {
    users,
    directory,
    loginOf,
  }: {
    readonly users: ReadonlyMap<string, User>;
    readonly directory: Directory;
    readonly loginOf: (req: Request) => Login | undefined;
  },
): Promise<Express> {
  const api = `${new URL(issuer).origin}/api`;
  const auth = await createAuthorizationServer({
    issuer,
    secrets: [secret],
    store: memoryStore(),
    // #region acr
    accounts: {
      find: (id: string) => users.get(id),
      id: (user) => user.id, // this is `sub`
      fromRequest(req) {
        const login = loginOf(req as Request);
        return (
          login && {
            account: login.user,
            authTime: login.at,
            ...(login.user.hasKey && { acr: 'urn:acme:key', amr: ['hwk'] }), // how the login was
          }
        );
      },
    },
    // #endregion acr
    resources: { [api]: { name: 'Acme Notes', scopes: { 'notes:read': 'Read your notes' } } },
    clients: [
      {
        client_id: 'web',
        client_secret: secret,
        redirect_uris: ['https://app.acme.example/callback'],
        scope: 'openid profile email company notes:read',
      },
      oldClient(secret),
    ],
    plugins: [hostLogin({ url: '/login' }), consentScreen(), identity(createClaims(directory))],
  });
  const app = express();
  app.use(auth.routes());
  // #region api
  app.get(
    '/api/notes',
    auth.protect(api, { scope: 'notes:read' }, (req, res) => {
      const { company_id, company_roles } = req.auth.claims; // as they were when the token was issued
      res.json({ of: req.auth.accountId, company_id, company_roles });
    }),
  );
  // #endregion api
  return app;
}
