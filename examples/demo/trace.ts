// What Planner shows of the requests that it makes.

import type { CustomFetch } from 'openid-client';

/** One request and its answer, in words for the page. */
export interface Exchange {
  readonly from: 'Browser' | 'Planner';
  readonly request: string;
  readonly sent: readonly Field[];
  readonly status?: number;
  readonly answer: readonly Field[];
}

export type Field = readonly [name: string, value: string];

const bearer = /^(code|code_verifier|token|(access|refresh)_token)$/;

/** Never a whole token or code, and nothing of the secret: who looks at this page could use them. */
function shorten([name, value]: Field): Field {
  if (name === 'client_secret') return [name, '…'];
  if (name === 'authorization') return [name, value.replace(/^(\w+ .{6}).*$/, '$1…')];
  return [name, bearer.test(name) ? `${value.slice(0, 6)}…` : value];
}

/** The fields of an address that the browser is sent to. */
export function browserExchange(url: URL): Exchange {
  return {
    from: 'Browser',
    request: `GET ${url.origin}${url.pathname}`,
    sent: [...url.searchParams].map(shorten),
    answer: [],
  };
}

/** A `fetch` that writes down what it does. */
export function recordingFetch(trace: Exchange[]): CustomFetch {
  return async (url, options) => {
    const { body, headers, method } = options;
    const response = await fetch(url, options as RequestInit);
    const text = await response.clone().text();
    const sent = [...Object.entries(headers), ...(body instanceof URLSearchParams ? body : [])];
    trace.push({
      from: 'Planner',
      request: `${method} ${url}`,
      sent: sent.filter(([name]) => !/^(accept|user-agent|content-type)$/i.test(name)).map(shorten),
      status: response.status,
      answer: fieldsOf(text, response.headers.get('www-authenticate')),
    });
    return response;
  };
}

function fieldsOf(text: string, challenge: string | null): Field[] {
  const body: unknown = text === '' ? {} : JSON.parse(text);
  const entries = Array.isArray(body) ? [['body', text]] : Object.entries(body as object);
  const fields = entries.map(([name, value]): Field => shorten([String(name), String(value)]));
  return challenge === null ? fields : [['www-authenticate', challenge], ...fields];
}
