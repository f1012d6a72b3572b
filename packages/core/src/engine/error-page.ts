import type { KoaContextWithOIDC } from 'oidc-provider';
import { applyPageHeaders } from '../app/page-headers.js';
import type { ClientDirectory } from '../authorize/clients.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { Responder } from '../interaction/responder.js';
import type { PageView } from '../interaction/step.js';
import type { ClientView } from '../interaction/view.js';

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
    const json =
      /\bapplication\/json\b/.test(ctx.get('accept')) && !/\btext\/html\b/.test(ctx.get('accept'));
    const { body, contentType, nonce, images } = responder.render(view, json);
    applyPageHeaders(ctx.res, { nonce, images });
    ctx.status = view.status ?? 400;
    ctx.body = body;
    ctx.set('Content-Type', contentType);
  }

  return {
    send,
    async render(ctx, out, error) {
      if (!pageRoutes.has(ctx.oidc?.route ?? '')) {
        ctx.body = out;
        return;
      }
      const { error: code, error_description: description } = out as EngineOut;
      const params = ctx.oidc.params ?? {};
      const client = await clients.find(String(params.client_id ?? ''));
      send(ctx, viewOf(error, code, description, client?.view, String(params.redirect_uri ?? '')));
    },
  };
}

function viewOf(
  { name }: Error,
  code: string | undefined,
  description: string | undefined,
  client: ClientView | undefined,
  redirectUri: string,
): PageView {
  if (name === 'SessionNotFound') {
    return pageMessage({ kind: 'already_finished', ...(client ? { client } : {}) });
  }
  if (!client) return pageMessage({ kind: 'unknown_client' });
  if (name === 'InvalidRedirectUri') {
    return pageMessage({ kind: 'redirect_uri_not_registered', client, redirectUri });
  }
  return pageMessage({
    kind: 'invalid_request',
    client,
    ...(code === undefined ? {} : { error: code }),
    ...(description === undefined ? {} : { errorDescription: description }),
  });
}
