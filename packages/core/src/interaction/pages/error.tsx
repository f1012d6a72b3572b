import type { PageDefinition } from '../page.js';
import { linkUrl } from '../safe-url.js';

/** What the error page shows. */
export interface ErrorPageData {
  /** Stable word for logs, tests and a front end of the host's. */
  readonly kind: string;
  readonly title: string;
  /** What happened. */
  readonly message: string;
  /** How to go on. */
  readonly hint?: string;
  readonly action?: { readonly label: string; readonly url: string };
  /** For the client's developer: the OAuth error code. */
  readonly error?: string;
  /** For the client's developer: what the request did wrong. */
  readonly errorDescription?: string;
  /** Finds the request in the host's log. */
  readonly requestId?: string;
}

/** The page for everything that cannot go on, and cannot be told to the client by a redirect. */
export const errorPage: PageDefinition<ErrorPageData> = {
  name: 'error',
  title: ({ title }) => title,
  render({ title, message, hint, action, error, errorDescription, requestId }) {
    const url = linkUrl(action?.url);
    const details = [
      ['Error', error],
      ['Description', errorDescription],
      ['Request', requestId],
    ].filter(([, value]) => value !== undefined);
    return (
      <>
        <h1>{title}</h1>
        <p>{message}</p>
        {hint !== undefined && <p class="muted">{hint}</p>}
        {action !== undefined && url !== undefined && (
          <a class="button primary" href={url}>
            {action.label}
          </a>
        )}
        {details.length > 0 && (
          <details>
            <summary>Details for developers</summary>
            <dl>
              {details.map(([term, value]) => (
                <>
                  <dt>{term}</dt>
                  <dd>{value}</dd>
                </>
              ))}
            </dl>
          </details>
        )}
      </>
    );
  },
};
