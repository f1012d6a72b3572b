import type { IncomingMessage } from 'node:http';
import type { Secrets } from '../secrets.js';

/**
 * The hidden field that proves where a form came from. It is bound to the interaction, and to its cookie by it, or to a session.
 */
export function csrfToken(secrets: Secrets, binding: string): string {
  return secrets.sign('csrf', binding);
}

/** Whether the browser says that the page which sends this is none of ours. */
export function isFromElsewhere({ headers }: IncomingMessage, origin: string): boolean {
  const { origin: sender, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin') return true;
  // A page with `Referrer-Policy: no-referrer` posts `Origin: null`, ours too; then the other header decides, and the form.
  return sender !== undefined && sender !== origin && sender !== 'null';
}

/** Why a POST is not from our own page. */
export type FormFault = 'cross_site' | 'csrf' | 'json_origin';

/**
 * Checks where a submitted form came from.
 *
 * Threat: another site posts a form that logs a person in as somebody else, or presses Allow for them. The token stops a site
 * that does not know it; the headers stop one that planted its own interaction cookie from a neighbouring subdomain.
 */
export function checkForm(
  req: IncomingMessage,
  fields: ReadonlyMap<string, string>,
  binding: string,
  { secrets, origin, isJson }: { secrets: Secrets; origin: string; isJson: boolean },
): FormFault | undefined {
  if (isFromElsewhere(req, origin)) return 'cross_site';
  // A JSON body cannot be sent across sites without a preflight, which nobody answers; it must say its origin nevertheless.
  if (isJson) return req.headers.origin === origin ? undefined : 'json_origin';
  return secrets.verify('csrf', binding, fields.get('csrf') ?? '') ? undefined : 'csrf';
}
