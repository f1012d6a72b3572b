import { type PageContext, type PageDefinition, SignedInAs, StepForm } from '@gatehouse/core';
import type { ComponentChildren, VNode } from 'preact';
import type { AppsPageData, ConnectedApp } from './apps-data.js';
import { ClientHead } from './client-head.js';

/** The page of connected apps. It loads no logos: each would tell its app that somebody is here. */
export const appsPage: PageDefinition<AppsPageData> = {
  name: 'apps',
  title: () => 'Connected apps',
  render: ({ account, apps, next }, page) => (
    <>
      <h1>Connected apps</h1>
      <p class="lead">
        {apps.length === 0
          ? `No app is connected to your ${page.theme.name} account here.`
          : `These apps can use your ${page.theme.name} account. Remove those that you no longer need.`}
      </p>
      <SignedInAs account={account} />
      {apps.length > 0 && (
        <ul class="apps">
          {apps.map((app) => (
            <App app={app} page={page} />
          ))}
        </ul>
      )}
      {next !== undefined && (
        <a class="button" href={next}>
          More apps
        </a>
      )}
    </>
  ),
};

interface AppProps {
  readonly app: ConnectedApp;
  readonly page: PageContext;
}

function App({ app, page }: AppProps): VNode {
  const { client, groups, since, lastUsedAt, unverified } = app;
  return (
    <li class="app">
      <ClientHead client={{ name: client.name }}>
        <h2>
          <bdi>{client.name}</bdi>
        </h2>
        <Places app={app} />
      </ClientHead>
      {unverified && (
        <p class="warning">
          The app chose this name itself, and {page.theme.name} has not checked who is behind it.
        </p>
      )}
      {groups.map(({ name, scopes }) => (
        <div class="small">
          <p>
            <b>{name}</b>
          </p>
          <ul>
            {scopes.map(({ description }) => (
              <li>{description}</li>
            ))}
          </ul>
        </div>
      ))}
      <p class="muted small">
        Connected since <Day second={since} />
        {lastUsedAt !== undefined && (
          <>
            , last used on <Day second={lastUsedAt} />
          </>
        )}
        .
      </p>
      <Remove app={app} page={page} />
    </li>
  );
}

const mostPlaces = 3;

function Places({ app: { destinations } }: Pick<AppProps, 'app'>): VNode | null {
  if (destinations.length === 0) return null;
  const more = destinations.length - mostPlaces;
  return (
    <p class="muted small">
      {destinations.slice(0, mostPlaces).map(({ display, kind }, index) => (
        <>
          {index > 0 && ', '}
          <Place kind={kind}>{display}</Place>
        </>
      ))}
      {more > 0 && ` and ${more} more`}
    </p>
  );
}

function Place({
  kind,
  children,
}: {
  readonly kind: ConnectedApp['destinations'][number]['kind'];
  readonly children: ComponentChildren;
}): VNode {
  if (kind === 'loopback') return <>an app on your device</>;
  const place = <bdi>{children}</bdi>;
  return kind === 'private-use' ? <>an app on your device ({place})</> : place;
}

// A second press, without a script: what is removed cannot be brought back by a click.
function Remove({ app: { client }, page }: AppProps): VNode | null {
  if (page.form === undefined) return null;
  return (
    <details>
      <summary>Remove access</summary>
      <p>It is signed out of your account on all devices, and has to ask you again to come back.</p>
      <StepForm page={page} step="apps">
        <input type="hidden" name="client_id" value={client.client_id} />
        <button type="submit">
          <span>
            Remove <bdi>{client.name}</bdi>
          </span>
        </button>
      </StepForm>
    </details>
  );
}

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

function Day({ second }: { readonly second: number }): VNode {
  const date = new Date(second * 1000);
  return <time dateTime={date.toISOString()}>{days.format(date)}</time>;
}
