/** What is sent. */
export interface Sent {
  readonly method?: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Got {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

/** Sends requests and writes them down, with long random values cut short. */
export interface Transcript {
  send(region: string, sent: Sent): Promise<Got>;
  /** Writes something else down. */
  note(region: string, text: string): void;
  /** From here on this value is cut short wherever it appears. */
  shorten(...values: readonly (string | null | undefined)[]): void;
  /** All of it, as regions of one file. */
  text(): string;
}

const shown: readonly string[] = ['location', 'cache-control', 'www-authenticate'];

/** `origin` is where the server listens, `publicOrigin` what it is known as. */
export function createTranscript(origin: string, publicOrigin: string): Transcript {
  const regions: string[] = [];
  const secrets = new Set<string>();
  const cookies = new Map<string, string>();

  function note(region: string, text: string): void {
    regions.push(`# #region ${region}\n${text.trimEnd()}\n# #endregion ${region}\n`);
  }

  async function send(region: string, sent: Sent): Promise<Got> {
    const { url, fields, headers = {}, method = fields ? 'POST' : 'GET' } = sent;
    const isBrowser =
      url.startsWith(`${publicOrigin}/auth/`) && headers.authorization === undefined;
    const cookie = isBrowser ? cookiesFor(new URL(url).pathname) : [];
    const response = await fetch(url.replace(publicOrigin, origin), {
      method,
      redirect: 'manual',
      headers: {
        ...(isBrowser ? { accept: 'text/html', cookie: cookie.join('; ') } : {}),
        ...(fields ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(fields ? { body: new URLSearchParams(fields).toString() } : {}),
    });
    const set = response.headers.getSetCookie().flatMap(keepCookie);
    const location = response.headers.get('location') ?? '';
    const text = await response.text();
    const { pathname, search } = new URL(url);
    note(
      region,
      [
        `${method} ${pathname}${parameters(search.slice(1), '?')}`,
        ...(cookie.length > 0 ? [`Cookie: ${names(cookie)}`] : []),
        ...Object.entries(headers).map(([name, value]) => `${title(name)}: ${value}`),
        ...(fields ? ['', parameters(new URLSearchParams(fields).toString(), '').trimStart()] : []),
        '',
        `HTTP/1.1 ${response.status}`,
        ...shown.flatMap((name) => header(response.headers, name)),
        ...set.map((line) => `Set-Cookie: ${line}`),
        ...body(response.headers.get('content-type') ?? '', text),
      ].join('\n'),
    );
    return { status: response.status, location, text };
  }

  function cookiesFor(path: string): string[] {
    return [...cookies].flatMap(([name, value]) => {
      const [pair = '', scope = '/'] = value.split(' ');
      return path.startsWith(scope) ? [`${name}=${pair}`] : [];
    });
  }

  function keepCookie(line: string): string[] {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
    if (value === '') cookies.delete(name);
    else cookies.set(name, `${value} ${path}`);
    secrets.add(value);
    // Each has a second one with its signature beside it.
    if (name.endsWith('.sig')) return [];
    return [value === '' ? `${name}=; expired` : `${name}=${value}`];
  }

  return {
    send,
    note,
    shorten: (...values) => {
      for (const value of values) if (value) secrets.add(value);
    },
    text: () => {
      let all = regions.join('\n');
      const longestFirst = [...secrets].filter(Boolean).sort((a, b) => b.length - a.length);
      for (const value of longestFirst) all = all.replaceAll(value, `${value.slice(0, 6)}…`);
      return all;
    },
  };
}

// One parameter a line: nobody reads a query of 400 characters.
function parameters(query: string, mark: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`);
  return pairs.map((pair, index) => `\n  ${index === 0 ? mark : '&'}${pair}`).join('');
}

function header(headers: Headers, name: string): string[] {
  const value = headers.get(name);
  if (value === null) return [];
  const [target = '', query = ''] = name === 'location' ? value.split('?') : [value];
  return [`${title(name)}: ${target}${query === '' ? '' : parameters(query, '?')}`];
}

function body(type: string, text: string): string[] {
  if (type.startsWith('application/json')) return ['', JSON.stringify(JSON.parse(text), null, 2)];
  const page = /<title>([^<]*)<\/title>/.exec(text)?.[1];
  return page === undefined ? [] : ['', `<title>${page}</title> …`];
}

function names(cookie: readonly string[]): string {
  return cookie.filter((pair) => !/^[^=]*\.sig=/.test(pair)).join('; ');
}

function title(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase()).replace('Www', 'WWW');
}
