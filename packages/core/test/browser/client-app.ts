import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An app of somebody else's, on another site than the server. */
export interface ClientApp {
  readonly origin: string;
  close(): Promise<void>;
}

const page = (title: string, script: string): string =>
  `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1><output></output><script type="module">${script}</script></html>`;

// Opens the authorization request that its hash names, and shows what the popup reports.
const opener = `
  addEventListener('message', ({ origin, data }) => {
    if (origin === location.origin) document.querySelector('output').textContent = data;
  });
  document.querySelector('h1').onclick = () => open(decodeURIComponent(location.hash.slice(1)), 'login', 'width=500,height=700');
`;
const popup = `
  opener.postMessage(location.search, location.origin);
  close();
`;
const home = 'document.title = "ready";';

/**
 * Starts it. `/cb` is where a code arrives, `/opener` opens a popup that ends at `/popup`, and `/` is a page to run script in.
 */
export async function startClientApp(): Promise<ClientApp> {
  const pages: Readonly<Record<string, string>> = {
    '/': page('The client', home),
    '/cb': page('Back at the client', ''),
    '/opener': page('Open', opener),
    '/popup': page('Popup', popup),
    '/favicon.ico': '',
  };
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://client');
    const body = pages[pathname];
    res.statusCode = body === undefined ? 404 : 200;
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // `localhost` is another site than `127.0.0.1`, and not only another origin.
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
