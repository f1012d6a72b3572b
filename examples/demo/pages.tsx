import type { ComponentChildren, VNode } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import type { Exchange } from './trace.js';
import type { Visitor } from './visitors.js';

/** Planner's one page. */
export function renderHome(visitor: Visitor): string {
  return `<!doctype html>${renderToStaticMarkup(<Home visitor={visitor} />)}`;
}

function Home({ visitor }: { readonly visitor: Visitor }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Planner</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <span class="logo" aria-hidden="true" />
          Planner
        </header>
        <main class={visitor.tokens || visitor.trace.length > 0 ? undefined : 'alone'}>
          {visitor.notice && (
            <p class={visitor.notice.bad ? 'notice bad' : 'notice'} role="status">
              {visitor.notice.text}
            </p>
          )}
          {visitor.tokens ? <SignedIn visitor={visitor} /> : <Welcome />}
          {visitor.trace.length > 0 && <Trace trace={visitor.trace} />}
        </main>
      </body>
    </html>
  );
}

function Welcome(): VNode {
  return (
    <section class="card">
      <h1>Your week, around your notes</h1>
      <p>
        Planner is an app of its own. Your notes are with Acme Notes, and Planner would like to read
        them there. It never sees your password.
      </p>
      <a class="button primary" href="/sign-in">
        Sign in with Acme Notes
      </a>
      <p class="muted">
        For the demo: <code>ada</code> or <code>bob</code>, with <code>demo-password</code>
      </p>
    </section>
  );
}

function SignedIn({ visitor: { notes = [], tokens } }: { readonly visitor: Visitor }): VNode {
  return (
    <section class="card">
      <h1>Notes from the API</h1>
      <ul>
        {notes.map((note) => (
          <li>{note}</li>
        ))}
      </ul>
      <form method="post" action="/add" class="add">
        <input name="note" aria-label="A new note" placeholder="A new note" required />
        <button type="submit">Add</button>
      </form>
      <p class="muted">
        You allowed <code>{tokens?.scope}</code>. The access token lives {tokens?.expires_in}{' '}
        seconds. Who you are, Planner has not been told.
      </p>
      <div class="actions">
        <Action to="/call">Call the API</Action>
        <Action to="/refresh">Refresh</Action>
        <Action to="/revoke">Revoke</Action>
        <Action to="/sign-out">Sign out</Action>
      </div>
    </section>
  );
}

function Action({ to, children }: { readonly to: string; readonly children: ComponentChildren }) {
  return (
    <form method="post" action={to}>
      <button type="submit">{children}</button>
    </form>
  );
}

function Trace({ trace }: { readonly trace: readonly Exchange[] }): VNode {
  return (
    <section class="card">
      <h2>What just happened</h2>
      <ol>
        {trace.map((exchange) => (
          <li>
            <p class="request">
              <span class="from">{exchange.from}</span> <code>{exchange.request}</code>
            </p>
            <Fields of={exchange.sent} />
            {exchange.status !== undefined && (
              <p class="request">
                <span class={exchange.status < 400 ? 'status' : 'status bad'}>
                  {exchange.status}
                </span>
              </p>
            )}
            <Fields of={exchange.answer} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Fields({ of }: { readonly of: Exchange['sent'] }): VNode | null {
  if (of.length === 0) return null;
  return (
    <dl>
      {of.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
