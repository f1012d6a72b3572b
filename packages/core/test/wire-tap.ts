// Everything that a client or browser holds as a secret, by where it crosses the wire. `token` of introspection and revocation is
// not among them: a token is heard when it is handed out, and tests ask there about ids that are none.
const secretFields = [
  ...['password', 'code', 'code_verifier', 'refresh_token', 'access_token', 'client_secret'],
  'client_assertion',
];
const harmlessInputs = new Set([
  ...['method', 'decision', 'scope', 'client_id', 'iss', 'post_logout_redirect_uri'],
]);
// Shorter ones (a checkbox, a step's name) are no secrets, and are found everywhere.
const shortest = 8;

/** What crossed the wire as a secret. */
export interface WireTap {
  readonly secrets: ReadonlySet<string>;
  stop(): void;
}

/** Listens to every `fetch` of this process, and tells of each secret once. */
export function tapWire(hear: (secret: string) => void = () => {}): WireTap {
  const secrets = new Set<string>();
  const original = globalThis.fetch;

  function keep(value: string | null | undefined): void {
    if (!value || value.length < shortest || secrets.has(value)) return;
    secrets.add(value);
    hear(value);
  }

  function keepFields(text: string): void {
    const params = new URLSearchParams(text);
    for (const name of secretFields) for (const value of params.getAll(name)) keep(value);
    for (const [name, value] of params) if (/csrf|check|state_token/i.test(name)) keep(value);
  }

  function keepAuthorization(header: string | null): void {
    const [scheme = '', value = ''] = (header ?? '').split(' ');
    keep(value);
    if (scheme !== 'Basic') return;
    const text = Buffer.from(value, 'base64').toString();
    keep(decodeURIComponent(text.slice(text.indexOf(':') + 1)));
  }

  // When it is handed out, as tokens are: tests present values that open nothing, such as the id of a session.
  function keepCookie(pair: string): void {
    keep(pair.slice(pair.indexOf('=') + 1));
  }

  function keepPage(text: string): void {
    for (const [tag] of text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(tag)?.[1] ?? '';
      if (!harmlessInputs.has(name)) keep(/value="([^"]*)"/.exec(tag)?.[1]);
    }
  }

  globalThis.fetch = async (input, init) => {
    const request = new Headers(init?.headers);
    keepAuthorization(request.get('authorization'));
    if (typeof init?.body === 'string') keepFields(init.body);
    const response = await original(input, init);
    for (const line of response.headers.getSetCookie()) keepCookie(line.split(';')[0] ?? '');
    const location = response.headers.get('location');
    if (location) keepFields(location.slice(location.indexOf('?') + 1));
    const text = await response.clone().text();
    keepPage(text);
    for (const [, , value] of text.matchAll(/"(access_token|refresh_token)":"([^"]+)"/g))
      keep(value);
    return response;
  };
  return {
    secrets,
    stop() {
      globalThis.fetch = original;
    },
  };
}
