// The pages that the app had before.
import type { User } from './users.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escapeHtml = (text: string) =>
  text.replace(/[&<>"]/g, (character) => entities[character] ?? '');

export const loginPage = (returnTo: string, error = ''): string =>
  page(
    'Log in to Acme Notes',
    `<p role="alert">${escapeHtml(error)}</p>
    <form method="post" action="/login">
      <input type="hidden" name="returnTo" value="${escapeHtml(returnTo)}">
      <label>Email <input type="email" name="email" autocomplete="username" required></label>
      <label>Password <input type="password" name="password" autocomplete="current-password" required></label>
      <button>Log in</button>
    </form>`,
  );

export const accountPage = (user: User): string =>
  page(
    'Acme Notes',
    `<p>Logged in as ${escapeHtml(user.name)}.</p>
    <form method="post" action="/logout"><button>Log out</button></form>
    <form method="post" action="/sign-out-everywhere"><button>Log out on all devices and apps</button></form>`,
  );

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <style>
      :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
      body { max-width: 22rem; margin: 4rem auto; padding: 0 1rem; }
      label, input, button { display: block; width: 100%; font: inherit; box-sizing: border-box; }
      input, button { padding: 0.5rem 0.75rem; margin: 0.25rem 0 1rem; }
    </style>
  </head>
  <body>
    <h1>${title}</h1>
    ${body}
  </body>
</html>`;
