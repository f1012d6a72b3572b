// Shorter values are found everywhere, and are no secrets.
const shortest = 8;
const mostLayers = 4;

/**
 * The secrets that stand in a dump: as they are, URL-encoded, escaped as JSON, in base64, base64url or hex; or inside of what the
 * dump has in base64, base64url, hex or JSON.
 *
 * @param dump - Texts, e.g. the values of rows or documents.
 */
export function leaksIn(dump: Iterable<string>, secrets: Iterable<string>): readonly string[] {
  // A window of the dump is looked up at once among all spellings, which are thousands.
  const byStart = new Map<string, [spelling: string, secret: string][]>();
  for (const secret of new Set(secrets)) {
    if (secret.length < shortest) continue;
    for (const spelling of spellingsOf(secret)) {
      const start = spelling.slice(0, shortest);
      const others = byStart.get(start);
      if (others) others.push([spelling, secret]);
      else byStart.set(start, [[spelling, secret]]);
    }
  }
  const found = new Set<string>();
  for (const text of layersOf(dump)) {
    for (let at = 0; at + shortest <= text.length; at += 1) {
      for (const [spelling, secret] of byStart.get(text.slice(at, at + shortest)) ?? []) {
        if (text.startsWith(spelling, at)) found.add(secret);
      }
    }
  }
  return [...found];
}

/** How a value may be written. */
function spellingsOf(value: string): ReadonlySet<string> {
  // What is itself base64 or hex may be kept as the bytes that it stands for.
  const meanings = [Buffer.from(value)];
  if (/^[\w+/-]+={0,2}$/.test(value)) meanings.push(Buffer.from(value, 'base64'));
  if (/^([0-9a-f]{2})+$/i.test(value)) meanings.push(Buffer.from(value, 'hex'));
  const all = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  for (const bytes of meanings) {
    const hex = bytes.toString('hex');
    const base64 = bytes.toString('base64').replace(/=+$/, '');
    all.push(hex, hex.toUpperCase(), base64, bytes.toString('base64url'), bytes.toString('latin1'));
  }
  return new Set(all.filter(({ length }) => length >= shortest));
}

/** Each text, and what is written in it in another form. */
function* layersOf(texts: Iterable<string>, layers = mostLayers): Generator<string> {
  for (const text of texts) {
    yield text;
    if (layers === 0) continue;
    yield* layersOf(decodingsOf(text), layers - 1);
  }
}

function* decodingsOf(text: string): Generator<string> {
  if (/^\s*[[{"]/.test(text)) yield* leavesOf(text);
  for (const [run] of text.matchAll(/[\w+/-]{12,}={0,2}/g)) {
    yield Buffer.from(run, 'base64').toString('latin1');
    if (/^([0-9a-f]{2})+$/i.test(run)) yield Buffer.from(run, 'hex').toString('latin1');
  }
}

function leavesOf(text: string): readonly string[] {
  const leaves: string[] = [];
  try {
    JSON.parse(text, (key, value: unknown) => {
      leaves.push(key);
      if (typeof value === 'string') leaves.push(value);
      return value;
    });
  } catch {
    return [];
  }
  return leaves;
}
