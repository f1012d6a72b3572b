import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyPageHeaders } from '../app/page-headers.js';
import type { PageReplacements } from './options.js';
import type { PageContext, PageDefinition, Theme } from './page.js';
import { renderPage } from './render-page.js';
import type { PageView } from './step.js';

/** Sends pages, as HTML to people and as JSON to a host's own front end. */
export interface Responder {
  page(req: IncomingMessage, res: ServerResponse, view: PageView, form?: PageContext['form']): void;
  /** 303: the browser follows with GET. */
  redirect(req: IncomingMessage, res: ServerResponse, url: string): void;
  /** The same page as text and headers, for a reply that somebody else sends. */
  render(view: PageView, wantsJson: boolean, form?: PageContext['form']): RenderedPage;
}

/** A page that is ready to send. */
export interface RenderedPage {
  readonly body: string;
  readonly contentType: string;
  readonly nonce: string;
  readonly images: readonly (string | undefined)[];
  /** Whether it brings a script of its own. */
  readonly scripts: boolean;
}

/** What pages look like. */
export interface ResponderOptions {
  readonly theme: Theme;
  readonly lang: string;
  readonly pages: ReadonlyMap<string, PageDefinition<never>>;
  readonly replacements: PageReplacements;
}

/** Whether the caller asked for JSON: a front end that renders pages itself. */
export function wantsJson(req: IncomingMessage): boolean {
  const { accept = '' } = req.headers;
  return /\bapplication\/json\b/i.test(accept) && !/\btext\/html\b/i.test(accept);
}

/** Renders by the page's definition, or by the host's own renderer for that name. */
export function createResponder({ theme, lang, pages, replacements }: ResponderOptions): Responder {
  function definitionOf(name: string): PageDefinition<unknown> {
    const definition = pages.get(name) as PageDefinition<unknown> | undefined;
    if (!definition) throw new Error(`no page is called ${name}`);
    const replacement = Object.hasOwn(replacements, name) ? replacements[name] : undefined;
    return replacement
      ? { ...definition, render: replacement as typeof definition.render }
      : definition;
  }

  const responder: Responder = {
    render({ page, data }, json, form) {
      const nonce = randomBytes(16).toString('base64url');
      if (json) {
        const body = JSON.stringify({ page, ...(form ? { form } : {}), data });
        const contentType = 'application/json; charset=utf-8';
        return { body, contentType, nonce, images: [], scripts: false };
      }
      const context = { theme, nonce, lang, ...(form ? { form } : {}) };
      const definition = definitionOf(page);
      const body = renderPage({ definition, data, context });
      return {
        body,
        contentType: 'text/html; charset=utf-8',
        nonce,
        images: [theme.logo, logoOf(data)],
        scripts: definition.scripts ?? false,
      };
    },
    page(req, res, view, form) {
      const { body, contentType, ...headers } = responder.render(view, wantsJson(req), form);
      applyPageHeaders(res, headers);
      if (view.retryAfterSeconds !== undefined)
        res.setHeader('Retry-After', String(view.retryAfterSeconds));
      res.statusCode = view.status ?? 200;
      // RFC 9110 §15.5.2: a 401 says how to authenticate. The way of people is a page, and then a cookie.
      if (view.status === 401) res.setHeader('WWW-Authenticate', 'Cookie');
      res.setHeader('Content-Type', contentType);
      res.setHeader('Vary', 'Accept');
      res.end(req.method === 'HEAD' ? undefined : body);
    },
    redirect(req, res, url) {
      applyPageHeaders(res, {});
      res.setHeader('Vary', 'Accept');
      if (wantsJson(req)) {
        res.setHeader('Content-Type', 'application/json; charset=utf-8');
        res.end(JSON.stringify({ redirect: url }));
        return;
      }
      res.statusCode = 303;
      res.setHeader('Location', url);
      res.end();
    },
  };
  return responder;
}

function logoOf(data: unknown): string | undefined {
  const { client } = (data ?? {}) as { client?: { logo_uri?: unknown } };
  return typeof client?.logo_uri === 'string' ? client.logo_uri : undefined;
}
