/** How to reach the issuer. */
export interface Transport {
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutSeconds: number;
}

const maxBytes = 262_144;

/**
 * Fetches a JSON object. Whatever is not exactly that (a redirect, another status, too much, too late) throws: an answer of
 * whoever sits in between must not pass for the issuer's.
 */
export async function fetchJson(
  url: string,
  init: RequestInit,
  { fetch, timeoutSeconds }: Transport,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    ...init,
    headers: { Accept: 'application/json', ...init.headers },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutSeconds * 1000), // covers the body too
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  const value: unknown = JSON.parse(await readText(response, url));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${url} did not answer with a JSON object`);
  }
  return value as Record<string, unknown>;
}

async function readText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new Error(`${url} answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
