import { createHash } from 'node:crypto';
import { encodeText } from '@gatehouse/core';

// Some engines bound what an index can hold. Nothing that is shorter begins with the sign of what was shortened.
const mostBytes = 512;
const shortened = '#';

/** What stands in `_id` and in indexes for an id or the value of a key: itself, or a hash of it when it is long. */
export function comparableText(text: string): string {
  const encoded = encodeText(text);
  if (!encoded.startsWith(shortened) && Buffer.byteLength(encoded) <= mostBytes) return encoded;
  return shortened + createHash('sha256').update(text, 'utf16le').digest('base64url');
}

/** Whether {@link comparableText} gave a hash, from which the string does not come back. */
export function isShortened(comparable: string): boolean {
  return comparable.startsWith(shortened);
}
