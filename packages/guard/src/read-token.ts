import { decodeJwt, decodeProtectedHeader } from 'jose';
import { askSource } from './ask-source.js';
import type { Auth } from './auth.js';
import { tokenChecks } from './checks.js';
import { runChecks } from './run-checks.js';
import { toAuth } from './to-auth.js';
import type { TokenSubject } from './token-faults.js';

type Context = Omit<TokenSubject, 'token' | 'read' | 'header' | 'claims'>;

/** Reads a token, by itself or by introspection, and lets it through the token checks. */
export async function readToken(token: string, isJwt: boolean, context: Context): Promise<Auth> {
  const read = isJwt ? decode(token) : await introspect(token, context);
  const { claims = {}, header = {} } = read ?? {};
  await runChecks(tokenChecks, { ...context, claims, header, read, token }, isJwt, context.route);
  return toAuth(claims);
}

function decode(token: string): TokenSubject['read'] {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    return undefined;
  }
}

async function introspect(
  token: string,
  { route, source }: Context,
): Promise<TokenSubject['read']> {
  const answer = await askSource(() => source.introspect?.(token, route.resource));
  return answer?.active === true ? { header: {}, claims: answer } : undefined;
}
