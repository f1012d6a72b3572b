import { isValidElement } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { html, isSafeHtml, trustHtml } from './html.js';
import type { PageContext, PageDefinition, SafeHtml } from './page.js';
import { pageStyles } from './page-styles.js';
import { imageUrl, linkUrl } from './safe-url.js';

/** What {@link renderPage} takes. */
export interface PageInput<Data> {
  readonly definition: PageDefinition<Data>;
  readonly data: Data;
  readonly context: PageContext;
  /** @default the title that the definition makes of the data */
  readonly title?: string;
}

const rightToLeft = /^(ar|arc|ckb|dv|fa|he|ku-arab|ps|sd|ug|ur|yi)\b/i;

/**
 * A page as a whole HTML document. It holds no script and one style element, so the policy of its headers allows nothing else.
 * It is the same document whether the body is ours or the host's.
 */
export function renderPage<Data>({ definition, data, context, title }: PageInput<Data>): string {
  const { theme, nonce, lang } = context;
  const logo = imageUrl(theme.logo);
  const links = (theme.links ?? []).flatMap(({ label, url }) => {
    const href = linkUrl(url);
    return href === undefined ? [] : [html`<a href="${href}">${label}</a>`];
  });
  return html`<!doctype html>
<html lang="${lang}" dir="${rightToLeft.test(lang) ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<title>${title ?? definition.title(data)} · ${theme.name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${trustHtml(`<style nonce="${html`${nonce}`.html}">${pageStyles(theme)}</style>`)}
</head>
<body>
<header class="brand">${logo && html`<img src="${logo}" alt="">`}<span>${theme.name}</span></header>
<main>${body(definition, data, context)}</main>
${links.length > 0 && html`<footer class="links">${links}</footer>`}
</body>
</html>
`.html;
}

function body<Data>(definition: PageDefinition<Data>, data: Data, context: PageContext): SafeHtml {
  const rendered = definition.render(data, context);
  if (isSafeHtml(rendered)) return rendered;
  if (isValidElement(rendered)) return trustHtml(renderToStaticMarkup(rendered));
  throw new TypeError(
    `page ${definition.name}: return a Preact element, or markup made by html\`…\``,
  );
}
