/** The known name that was most likely meant, or nothing. */
export function suggestName(given: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(given.length / 4)) + 1;
  // A longer name is no typing mistake, and the comparison takes time by the square of the length.
  if (given.length > 100) return undefined;
  for (const name of known) {
    const distance = distanceOf(simplify(given), simplify(name));
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const name = suggestName(given, known);
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}

// `clientId` and `client_id` are the same word.
function simplify(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

// Levenshtein's distance, one row at a time.
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const swap = at(row, column - 1) + (a[line - 1] === b[column - 1] ? 0 : 1);
      next.push(Math.min(at(row, column) + 1, at(next, column - 1) + 1, swap));
    }
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
