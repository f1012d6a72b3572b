/** How a person answers. */
export interface PersonOptions {
  readonly identifier: string;
  readonly password: string;
  /** @default 'allow' */
  readonly consent?: 'allow' | 'deny';
}

/** A person with a browser: it keeps cookies, follows redirects, and fills in forms. It runs no script; nothing here needs one. */
export interface Person {
  /** Opens an authorization URL, signs in and consents where asked, and returns where the client gets the browser back. */
  visit(authorizationUrl: URL | string): Promise<URL>;
  /** Presses the button of a form that has nothing but that button. */
  press(action: URL | string): Promise<void>;
  /** Titles of the pages that the person has seen so far. */
  readonly pages: readonly string[];
}

/** Makes a person, who plays the human part of a flow where no human is at hand. */
export function createPerson({ identifier, password, consent = 'allow' }: PersonOptions): Person {
  const cookies = new Map<string, { path: string; pair: string }>();
  const pages: string[] = [];

  async function send(url: URL, body?: URLSearchParams): Promise<Response> {
    const sent = [...cookies.values()].filter(({ path }) => url.pathname.startsWith(path));
    const response = await fetch(url, {
      ...(body ? { method: 'POST', body } : {}),
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: sent.map(({ pair }) => pair).join('; '),
        ...(body ? { origin: url.origin } : {}),
      },
    });
    for (const cookie of response.headers.getSetCookie()) keep(cookie);
    return response;
  }

  function keep(cookie: string): void {
    const pair = cookie.split(';', 1)[0] ?? '';
    const path = /;\s*path=([^;]+)/i.exec(cookie)?.[1] ?? '/';
    const key = `${pair.split('=', 1)[0]} ${path}`;
    const expires = Date.parse(/;\s*expires=([^;]+)/i.exec(cookie)?.[1] ?? '');
    if (expires < Date.now()) cookies.delete(key);
    else cookies.set(key, { path, pair });
  }

  /** Fills in the form that goes on with the flow. */
  function fillIn(page: string, at: URL): { action: URL; fields: URLSearchParams } {
    pages.push(decode(/<title>([^<·]*)/.exec(page)?.[1])?.trim() ?? '');
    const forms = page.match(/<form[\s\S]*?<\/form>/g) ?? [];
    const form = forms.find((one) => /type="password"|value="(allow|continue)"/.test(one));
    if (!form) throw new Error(`${at.pathname} has nothing to fill in: ${page}`);
    const fields = new URLSearchParams();
    for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
      const read = (name: string) => decode(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]);
      const type = read('type');
      if (type === 'checkbox' && !/ checked/.test(tag)) continue;
      const typed = { password, text: identifier, email: identifier, checkbox: 'on' }[type ?? ''];
      fields.set(read('name') ?? '', typed ?? read('value') ?? '');
    }
    const allow = /value="(allow|continue)"/.exec(form)?.[1];
    if (allow) fields.set('decision', consent === 'allow' ? allow : 'deny');
    return { action: new URL(decode(/action="([^"]*)"/.exec(form)?.[1]) ?? at, at), fields };
  }

  return {
    pages,
    async press(action) {
      await send(new URL(action), new URLSearchParams());
    },
    async visit(authorizationUrl) {
      let at = new URL(authorizationUrl);
      const client = new URL(at.searchParams.get('redirect_uri') ?? at);
      let response = await send(at);
      for (let step = 0; step < 20; step += 1) {
        const location = response.headers.get('location');
        if (location !== null) {
          at = new URL(location, at);
          if (at.origin === client.origin && at.pathname === client.pathname) return at;
          response = await send(at);
        } else {
          const { action, fields } = fillIn(await response.text(), at);
          at = action;
          response = await send(at, fields);
        }
      }
      throw new Error(`The flow does not end; now at ${at.pathname}`);
    },
  };
}

function decode(text: string | undefined): string | undefined {
  return text?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
