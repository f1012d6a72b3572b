import { createHash, randomBytes } from 'node:crypto';

/** A reply, with its body read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly location: string | undefined;
  readonly url: string;
}

/** A browser without script: cookies with paths, redirects, forms. */
export interface BrowserAgent {
  get(url: string, headers?: Record<string, string>): Promise<Reply>;
  /** Follows redirects as long as they stay on the host. */
  follow(url: string): Promise<Reply>;
  /** Fills the first form of a page and sends it. */
  press(page: Reply, fields: Record<string, string>): Promise<Reply>;
  /** Presses, and follows on. */
  submit(page: Reply, fields: Record<string, string>): Promise<Reply>;
  /** Sends a form without following. */
  post(
    url: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  readonly cookies: Map<string, AgentCookie>;
}

/** A cookie that was kept. Expired ones are not sent. */
export interface AgentCookie {
  readonly value: string;
  readonly path: string;
  readonly expires: number;
}

/** Makes one. `origin` is where the host listens, whatever its issuer says; `fetcher` may be another `fetch`. */
export function browserAgent(
  origin: string,
  publicOrigin: string = origin,
  fetcher: typeof fetch = fetch,
): BrowserAgent {
  const cookies: BrowserAgent['cookies'] = new Map();

  function cookieHeader(path: string): string {
    return [...cookies]
      .filter(
        ([, cookie]) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')),
      )
      .filter(([, { expires }]) => expires > Date.now())
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  }

  function keep(headers: Headers, requestPath: string): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const [name = '', value = ''] = [
        pair.slice(0, pair.indexOf('=')),
        pair.slice(pair.indexOf('=') + 1),
      ];
      const attribute = (key: string): string | undefined =>
        attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
      const path = attribute('path') ?? requestPath;
      const until = attribute('expires');
      const expires = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
      if (value === '' || expires < Date.now()) cookies.delete(`${name} ${path}`);
      else cookies.set(`${name} ${path}`, { value, path, expires });
    }
  }

  async function send(url: string, init: RequestInit): Promise<Reply> {
    const local = url.replace(publicOrigin, origin);
    const path = new URL(local).pathname;
    const response = await fetcher(local, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: cookieHeader(path),
        ...(init.headers as Record<string, string>),
      },
    });
    keep(response.headers, path);
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: location === null ? undefined : new URL(location, url).href,
      url,
    };
  }

  async function onwards(reply: Reply): Promise<Reply> {
    let current = reply;
    for (let hops = 0; hops < 10; hops += 1) {
      const { location } = current;
      if (location === undefined || !location.startsWith(`${publicOrigin}/`)) return current;
      current = await send(location, { method: 'GET' });
    }
    throw new Error(`more than 10 redirects, now at ${current.url}`);
  }

  const agent: BrowserAgent = {
    cookies,
    get: (url, headers = {}) => send(url, { method: 'GET', headers }),
    follow: async (url) => onwards(await send(url, { method: 'GET' })),
    post: (url, fields, headers = {}) =>
      send(url, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    submit: async (page, fields) => onwards(await agent.press(page, fields)),
    press(page, fields) {
      const action = unescaped(/<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? page.url);
      const inputs = [...page.text.matchAll(/<input[^>]*>/g)].map(([tag]) => tag);
      const own: Record<string, string> = {};
      for (const tag of inputs) {
        const name = /name="([^"]+)"/.exec(tag)?.[1];
        const checkbox = /type="checkbox"/.test(tag);
        if (name === undefined || (checkbox && !/\schecked/.test(tag))) continue;
        if (/type="hidden"/.test(tag) || checkbox)
          own[unescaped(name)] = unescaped(/value="([^"]*)"/.exec(tag)?.[1] ?? 'on');
      }
      return agent.post(action, { ...own, ...fields });
    },
  };
  return agent;
}

/** A PKCE pair. */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
