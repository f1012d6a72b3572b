import { hash } from 'node:crypto';
import { createExpiringCache } from './expiring-cache.js';
import { fetchJson, type Transport } from './fetch-json.js';

/**
 * The resource's own credential at the introspection endpoint, as it is registered there.
 *
 * @group resource
 * @see [RFC 7662 §2.1](https://www.rfc-editor.org/rfc/rfc7662.html#section-2.1)
 */
export interface IntrospectionCredential {
  readonly client_id: string;
  readonly client_secret: string;
  /**
   * The introspection endpoint.
   *
   * @default the `introspection_endpoint` of the issuer's metadata
   */
  readonly endpoint?: string;
}

export interface IntrospectorOptions {
  readonly credential: IntrospectionCredential;
  readonly endpoint: () => Promise<string>;
  readonly cacheSeconds: number;
  readonly transport: Transport;
}

type Answer = Record<string, unknown> | undefined;

const maxCachedAnswers = 1000;

/** Asks the introspection endpoint, once for all who ask about one token at a time. Good answers are kept for a moment. */
export function createIntrospector(
  options: IntrospectorOptions,
): (token: string) => Promise<Answer> {
  const { cacheSeconds, credential, endpoint, transport } = options;
  const answers = createExpiringCache<Record<string, unknown>>(maxCachedAnswers);
  const flights = new Map<string, Promise<Answer>>();
  const authorization = basic(credential);

  async function ask(token: string, key: string): Promise<Answer> {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
    const init = { method: 'POST', body, headers: { Authorization: authorization } };
    const askedAt = performance.now() / 1000; // from the question on: what was true then ages since
    const answer = await fetchJson(await endpoint(), init, transport);
    if (answer.active !== true) return undefined;
    const secondsLeft = typeof answer.exp === 'number' ? answer.exp - Date.now() / 1000 : 0;
    answers.set(key, answer, askedAt + Math.min(cacheSeconds, secondsLeft));
    return answer;
  }

  return async (token) => {
    const key = hash('sha256', token, 'base64url');
    const known = answers.get(key, performance.now() / 1000);
    if (known !== undefined) return known;
    const flight = flights.get(key) ?? ask(token, key).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}

/** RFC 6749 §2.3.1 and Appendix B: both halves are form-encoded first, or a colon in an id would split it elsewhere. */
function basic({ client_id, client_secret }: IntrospectionCredential): string {
  const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  const pair = `${encode(client_id)}:${encode(client_secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
