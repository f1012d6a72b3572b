/** Names of the engine's cookies. */
export interface CookieNames {
  readonly session: string;
  readonly interaction: string;
  readonly resume: string;
  /** Ours: what else is signed in in the browser. */
  readonly accounts: string;
  /** Ours: in which browser somebody logged in. */
  readonly login: string;
}

/**
 * Cookie names with the prefixes that browsers enforce (RFC 6265bis §4.1.3) on https. `__Host-` needs the path `/`, so those of
 * an interaction cannot have it; two servers under one host are told apart by their mount.
 */
export function cookieNames({
  secure,
  mountPath,
}: {
  readonly secure: boolean;
  readonly mountPath: string;
}): CookieNames {
  const suffix = mountPath.replaceAll(/[^A-Za-z0-9]+/g, '-');
  return {
    session: `${secure ? '__Host-' : ''}gatehouse${suffix}-session`,
    accounts: `${secure ? '__Host-' : ''}gatehouse${suffix}-accounts`,
    login: `${secure ? '__Host-' : ''}gatehouse${suffix}-login`,
    interaction: `${secure ? '__Secure-' : ''}gatehouse${suffix}-interaction`,
    resume: `${secure ? '__Secure-' : ''}gatehouse${suffix}-resume`,
  };
}

/** How a cookie is set that outlives the request that it began in. */
export function longCookie(secure: boolean): {
  readonly httpOnly: true;
  readonly sameSite: 'lax';
  readonly secure: boolean;
  readonly signed: true;
  readonly path: '/';
} {
  return { httpOnly: true, sameSite: 'lax', secure, signed: true, path: '/' };
}
