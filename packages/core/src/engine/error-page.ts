import type { KoaContextWithOIDC } from 'oidc-provider';
import { applyPageHeaders } from '../app/page-headers.js';
import type { ClientDirectory } from '../authorize/clients.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { Responder } from '../interaction/responder.js';
import type { PageView } from '../interaction/step.js';
import type { ClientView } from '../interaction/view.js';
import { unitOfWork } from './unit-of-work.js';

/** What the engine shows where it may not redirect. */
export interface ErrorPage {
  render(ctx: KoaContextWithOIDC, out: object, error: Error): Promise<void>;
  /** The page instead of whatever the reply is; JSON replies of machine endpoints stay. */
  send(ctx: KoaContextWithOIDC, view: PageView): void;
}

interface EngineOut {
  readonly error?: string;
  readonly error_description?: string;
}

const pageRoutes: ReadonlySet<string> = new Set(['authorization', 'resume']);

/** Pages for people at the authorization endpoint, JSON elsewhere. */
export function createErrorPage(responder: Responder, clients: ClientDirectory): ErrorPage {
  function send(ctx: KoaContextWithOIDC, view: PageView): void {
    if (!pageRoutes.has(ctx.oidc?.route ?? '')) return;
    const { body, contentType, ...headers } = responder.render(
      view,
      unitOfWork().notes.wantsJson ?? false,
    );
    applyPageHeaders(ctx.res, headers);
    ctx.status = view.status ?? 400;
    ctx.body = body;
    ctx.set('Content-Type', contentType);
    ctx.vary('Accept');
  }

  return {
    send,
    async render(ctx, out: EngineOut, error) {
      if (!pageRoutes.has(ctx.oidc?.route ?? '')) {
        ctx.body = out;
        return;
      }
      const { client_id, redirect_uri } = ctx.oidc.params ?? {};
      // The engine has looked it up. What it did not find needs no second look, in an outage least of all.
      const found = ctx.oidc.client?.clientId;
      const client = found === undefined ? undefined : await clients.find(found);
      send(ctx, viewOf(error, out, client?.view, { client_id, redirect_uri }));
    },
  };
}

function viewOf(
  { name }: Error,
  { error, error_description: errorDescription }: EngineOut,
  client: ClientView | undefined,
  params: { readonly client_id: unknown; readonly redirect_uri: unknown },
): PageView {
  const who = client ? { client } : {};
  if (error === 'server_error') return { ...pageMessage({ kind: 'unavailable' }), status: 500 };
  if (name === 'SessionNotFound') return pageMessage({ kind: 'already_finished', ...who });
  const clientId = textOf(params.client_id);
  if (!client) {
    return pageMessage({ kind: 'unknown_client', ...(clientId === undefined ? {} : { clientId }) });
  }
  if (name === 'InvalidRedirectUri') {
    const redirectUri = textOf(params.redirect_uri) ?? '';
    return pageMessage({ kind: 'redirect_uri_not_registered', client, redirectUri });
  }
  return pageMessage({
    kind: 'invalid_request',
    client,
    ...(error === undefined ? {} : { error }),
    ...(errorDescription === undefined ? {} : { errorDescription }),
  });
}

// A repeated parameter is a list, and none of its values counts.
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
