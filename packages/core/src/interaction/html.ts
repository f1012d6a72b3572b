import type { SafeHtml } from './page.js';
import { imageUrl, linkUrl } from './safe-url.js';

/** What `html` takes between its pieces. Nothing and booleans become no text, so `condition && html…` works. */
export type HtmlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | SafeHtml
  | readonly HtmlValue[];

/** Where a value stands in its template. */
type Place = 'text' | 'attribute' | 'link' | 'image';

// A symbol, since JSON cannot hold one: client metadata such as { "html": "<script>" } never counts as safe. From the
// registry, so that two copies of this package in one process trust each other's markup.
const brand = Symbol.for('gatehouse.safe-html');

const placesByTemplate = new WeakMap<TemplateStringsArray, readonly Place[]>();

/**
 * HTML that is escaped by construction, for a page that a host or a plugin writes without Preact. Values are escaped, nested
 * `html` and arrays are not escaped twice, and the URL in a quoted `href`, `src`, `action` or `formaction` is left out unless
 * its scheme is harmless. A value where no escaping would help (unquoted, in a tag, in `<script>` or `<style>`) throws.
 *
 * @example html`<p>Hello <b>${name}</b>, <a href="${link}">go on</a></p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  const places = placesByTemplate.get(strings) ?? placesOf(strings);
  placesByTemplate.set(strings, places);
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += render(value, places[index] ?? 'attribute') + (strings[index + 1] ?? '');
  });
  return trustHtml(text);
}

/** Declares markup of the caller's own as safe. Never call it with anything that a request, a client or a person sent. */
export function trustHtml(markup: string): SafeHtml {
  return { html: markup, [brand]: true } as SafeHtml;
}

/** Whether `html` or {@link trustHtml} made it. */
export function isSafeHtml(value: unknown): value is SafeHtml {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Escapes text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function render(value: HtmlValue, place: Place): string {
  if (value === null || value === undefined || typeof value === 'boolean') return '';
  if (place === 'text') {
    if (isSafeHtml(value)) return value.html;
    if (Array.isArray(value)) return value.map((item) => render(item, place)).join('');
  }
  if (typeof value === 'object') throw new TypeError('html: an attribute takes text, not markup');
  const text = String(value);
  if (place === 'link') return escapeHtml(linkUrl(text) ?? '');
  if (place === 'image') return escapeHtml(imageUrl(text) ?? '');
  return escapeHtml(text);
}

// Escaped values cannot open or close anything, so the pieces of the template alone say where each value stands.
function placesOf(strings: readonly string[]): Place[] {
  let before = '';
  return strings.slice(0, -1).map((piece) => {
    before += piece;
    const { inTag, quote } = positionAfter(before);
    if (inTag && quote === '') {
      throw new TypeError(`html: put quotes around the value after ${JSON.stringify(piece)}`);
    }
    if (!inTag && /<(script|style)\b(?:(?!<\/\1).)*$/is.test(before)) {
      throw new TypeError('html: a value inside <script> or <style> cannot be escaped');
    }
    if (!inTag) return 'text';
    if (/\ssrc\s*=\s*["']$/i.test(piece)) return 'image';
    return /\s(?:href|action|formaction)\s*=\s*["']$/i.test(piece) ? 'link' : 'attribute';
  });
}

function positionAfter(text: string): { inTag: boolean; quote: string } {
  let inTag = false;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (inTag) {
      if (character === '"' || character === "'") quote = character;
      else if (character === '>') inTag = false;
    } else if (character === '<') {
      inTag = /[a-z/]/i.test(text.charAt(index + 1));
    }
  }
  return { inTag, quote };
}
