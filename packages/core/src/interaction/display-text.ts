import type { ClientView } from './view.js';

// Controls, line separators, zero-width and bidirectional controls, tag characters. The joiners U+200C and U+200D stay:
// several scripts and emoji need them.
const invisible =
  /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/**
 * Text that somebody else chose (a client's name, an account's label), made fit to stand in a sentence of ours. Whoever picks a
 * name must not be able to reorder, hide or push away the words around it, so controls and stacks of combining marks go, space
 * collapses, and the length has an end. It is not escaped: Preact and `html` do that.
 */
export function displayText(text: string, maxLength: number = 80): string {
  const clean = text
    .slice(0, maxLength * 8)
    .replace(/\s/gu, ' ')
    .replace(invisible, '')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  const characters = [...clean];
  return characters.length > maxLength
    ? `${characters
        .slice(0, maxLength - 1)
        .join('')
        .trimEnd()}…`
    : clean;
}

/** What pages call a client: its name, or its id when it has none that can be read. */
export function clientName(client: Pick<ClientView, 'client_id' | 'client_name'>): string {
  return displayText(client.client_name ?? '', 50) || displayText(client.client_id);
}
