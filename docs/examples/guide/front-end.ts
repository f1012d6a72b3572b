// #region server
import type { RequestHandler } from 'express';

/** Shows the app's own page instead of ours; what the page asks for as JSON goes on to Gatehouse. */
export function ownPages(page: string): RequestHandler {
  return (req, res, next) => {
    if (req.method !== 'GET' || req.accepts(['html', 'json']) === 'json') return next();
    res.type('html').send(page);
  };
}
// #endregion server

// #region browser
interface Step {
  readonly page: string;
  readonly form?: { readonly action: string };
  readonly data: unknown;
}

const headers = { accept: 'application/json' };

/** What the page shall show: `login`, `consent` or `error`, with its data. */
export async function currentStep(): Promise<Step> {
  const response = await fetch(location.href, { headers });
  return (await response.json()) as Step;
}

/** Sends an answer. Goes on, or returns the step with what was wrong. */
export async function answer(
  step: Step,
  fields: Record<string, string>,
): Promise<Step | undefined> {
  const response = await fetch(step.form?.action ?? location.href, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const reply = (await response.json()) as Step | { readonly redirect: string };
  if (!('redirect' in reply)) return reply;
  location.assign(reply.redirect);
  return undefined;
}
// #endregion browser
