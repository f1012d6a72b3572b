import { quote } from './show-value.js';
import { didYouMean } from './suggest-name.js';

// Tokens, codes and secrets are longer.
const longest = 30;

/**
 * Shows for the log a name that a client sent and nobody knows, with the one that was meant. Threat: a token or secret in the wrong
 * parameter would stand in the log for good. So what is long, and not close to a known name, is told by its length.
 */
export function showStray(given: string, known: Iterable<string>): string {
  const hint = didYouMean(given, known);
  if (hint === '' && given.length > longest) return `of ${given.length} characters`;
  return hint === '' ? quote(given) : `${quote(given)}.${hint}`;
}
