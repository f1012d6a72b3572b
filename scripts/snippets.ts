import { linesOf } from './workspace.js';

/** A fenced block of a Markdown page. Lines count from 0 and exclude the fences. */
export interface Fence {
  readonly language: string;
  /** The value of `source="…"`. */
  readonly source: string | undefined;
  readonly indent: string;
  readonly start: number;
  readonly end: number;
}

/** All fenced blocks of a page. */
export function fencesOf(lines: readonly string[]): Fence[] {
  const fences: Fence[] = [];
  let at = 0;
  while (at < lines.length) {
    const open = /^(\s*)(`{3,}|~{3,})\s*(\S*)(.*)$/.exec(lines[at] ?? '');
    at += 1;
    if (open === null) continue;
    const [, indent = '', mark = '', language = '', rest = ''] = open;
    const start = at;
    while (at < lines.length && !isClosing(lines[at] ?? '', mark)) at += 1;
    const source = /\bsource="([^"]*)"/.exec(rest)?.[1];
    fences.push({ language, source, indent, start, end: at });
    at += 1;
  }
  return fences;
}

function isClosing(line: string, mark: string): boolean {
  const text = line.trim();
  return text.startsWith(mark) && text === text.charAt(0).repeat(text.length);
}

const MARK = /#(?:end)?region\b/;

/** The lines between `#region name` and `#endregion name`, or the whole text, without marks and outer indentation. */
export function regionOf(text: string, region?: string): string[] | undefined {
  const lines = linesOf(text);
  if (region === undefined) return lines.filter((line) => !MARK.test(line));
  const isMark = (kind: string) => (line: string) =>
    new RegExp(`#${kind} ${region}(?![\\w-])`).test(line);
  const start = lines.findIndex(isMark('region'));
  const end = lines.findIndex(isMark('endregion'));
  if (start < 0 || end < start) return undefined;
  return dedent(lines.slice(start + 1, end).filter((line) => !MARK.test(line)));
}

function dedent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(least));
}

/** What came of one page: its text with every block replaced by its source, and what is wrong with it. */
export interface SyncedPage {
  readonly text: string;
  readonly problems: string[];
}

const COMPILED = new Set(['ts', 'tsx', 'js', 'jsx', 'mjs', 'cjs', 'typescript', 'javascript']);

/** Replaces every block of a page by what its `source` names. `read` answers nothing for a path that does not exist. */
export function syncPage(
  page: string,
  text: string,
  read: (path: string) => string | undefined,
): SyncedPage {
  const lines = linesOf(text);
  const problems: string[] = [];
  // From the end, so that the positions of the blocks before stay right.
  for (const fence of fencesOf(lines).reverse()) {
    const where = `${page}:${fence.start}`;
    const { source, indent, start, end } = fence;
    if (source === undefined) {
      if (COMPILED.has(fence.language)) {
        problems.push(`${where} has no source="path#region"; if it cannot, source="none: reason"`);
      }
      continue;
    }
    if (/^none: \S/.test(source)) continue;
    const [path = '', region] = source.split('#');
    const found = read(path);
    const part = found === undefined ? undefined : regionOf(found, region);
    if (part === undefined) {
      problems.push(`${where} names ${source}, which does not exist`);
      continue;
    }
    const wanted = part.map((line) => (line === '' ? '' : indent + line));
    if (wanted.join('\n') === lines.slice(start, end).join('\n')) continue;
    problems.push(`${where} differs from ${source}`);
    lines.splice(start, end - start, ...wanted);
  }
  return { text: `${lines.join('\n')}\n`, problems: problems.reverse() };
}
