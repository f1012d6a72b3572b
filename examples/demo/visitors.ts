import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { TokenEndpointResponse } from 'openid-client';
import type { Exchange } from './trace.js';

/** What Planner remembers of a browser. The tokens stay on the server; the browser has a cookie that says nothing. */
export interface Visitor {
  /** While the person is away to sign in. */
  pending?: { readonly state: string; readonly verifier: string };
  tokens?: TokenEndpointResponse;
  notes?: readonly string[];
  /** What to tell the person on the next page. */
  notice?: { readonly text: string; readonly bad: boolean };
  readonly trace: Exchange[];
}

const visitors = new Map<string, Visitor>();

/** Who has sent the request; somebody new when it has no cookie of ours. */
export function visitorOf(req: Request, res: Response): Visitor {
  return visitors.get(idOf(req)) ?? welcome(res);
}

/** Makes a new visitor, e.g. after a sign-in: an id that somebody knew before must not be signed in afterwards. */
export function welcome(res: Response, known: Partial<Visitor> = {}): Visitor {
  const id = randomBytes(32).toString('base64url');
  const visitor: Visitor = { trace: [], ...known };
  visitors.set(id, visitor);
  for (const oldest of visitors.keys()) if (visitors.size > 1000) visitors.delete(oldest);
  // `lax`, not `strict`: the browser comes back from another site.
  res.cookie('planner', id, { httpOnly: true, sameSite: 'lax' });
  return visitor;
}

/** Ends the visitor's session, and returns what was in it. */
export function forget(req: Request): Visitor | undefined {
  const visitor = visitors.get(idOf(req));
  visitors.delete(idOf(req));
  return visitor;
}

function idOf({ headers: { cookie = '' } }: Request): string {
  return /(?:^|; )planner=([\w-]+)/.exec(cookie)?.[1] ?? '';
}
