import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fencesOf } from './snippets.js';
import { isMain, linesOf, listFiles, readText, report } from './workspace.js';

const PAGES = /^([A-Z]+\.md|docs\/.*\.md|(packages|examples)\/[^/]+\/[A-Z]+\.md)$/;

/** A link of a page to something in the repository. */
export interface Link {
  readonly text: string;
  readonly target: string;
  /** Counts from 1. */
  readonly line: number;
}

/** The links of a page that stay in the repository. What stands in a fence or in backticks is none. */
export function linksOf(page: string): Link[] {
  const lines = linesOf(page);
  for (const { start, end } of fencesOf(lines)) lines.fill('', start, end);
  const text = lines.join('\n').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, '·'));
  const links: Link[] = [];
  for (const match of text.matchAll(/\[([^[\]]*)\]\(([^()\s]+)\)/g)) {
    const [, words = '', target = ''] = match;
    if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
    const line = text.slice(0, match.index).split('\n').length;
    links.push({ text: words, target, line });
  }
  return links;
}

/** The anchors of a page, as GitHub names them. */
export function anchorsOf(page: string): Set<string> {
  const lines = linesOf(page);
  for (const { start, end } of fencesOf(lines)) lines.fill('', start, end);
  const seen = new Map<string, number>();
  const anchors = lines.flatMap((line) => {
    const heading = /^#{1,6} +(.*?) *#*$/.exec(line)?.[1];
    if (heading === undefined) return [];
    const slug = slugOf(heading);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return [times === 0 ? slug : `${slug}-${times}`];
  });
  return new Set(anchors);
}

function slugOf(heading: string): string {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
}

/** What is wrong with the links of one page. */
export function linkProblems(root: string, path: string): string[] {
  return linksOf(readText(root, path)).flatMap(({ text, target, line }) => {
    const problem = problemOf(root, path, target) ?? titleProblem(root, path, { text, target });
    return problem === undefined ? [] : [`${path}:${line} ${problem}`];
  });
}

function problemOf(root: string, page: string, target: string): string | undefined {
  const [file = '', anchor] = target.split('#');
  const path = resolve(page, file);
  if (path.startsWith('..')) return `leads out of the repository: ${target}`;
  if (!existsSync(join(root, path))) return `leads to ${path}, which does not exist`;
  if (anchor === undefined) return undefined;
  if (!path.endsWith('.md') || statSync(join(root, path)).isDirectory()) {
    return `names a heading of ${path}, which is no page`;
  }
  if (anchorsOf(readText(root, path)).has(anchor)) return undefined;
  return `leads to the heading #${anchor}, which ${path} does not have`;
}

// `[*answers invalid_grant …*](….test.ts)` is the name of a test, and the file must have one that is called so. The ellipsis
// stands for what a table of cases fills in.
function titleProblem(
  root: string,
  page: string,
  { text, target }: Pick<Link, 'text' | 'target'>,
): string | undefined {
  const title = /^\*([^*]+)\*$/.exec(text)?.[1]?.replace(/\s+/g, ' ');
  if (title === undefined || !/\.test\.tsx?$/.test(target)) return undefined;
  const path = resolve(page, target);
  const source = readText(root, path).replace(/\s+/g, ' ');
  const exact = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '[^\'"`]*');
  return new RegExp(`(['"\`])${exact}\\1`).test(source)
    ? undefined
    : `names a test that ${path} does not have: ${title}`;
}

function resolve(page: string, file: string): string {
  return file === '' ? page : posix.normalize(posix.join(posix.dirname(page), file));
}

/** Problems of all pages. */
export function allLinkProblems(root: string): string[] {
  return listFiles(root)
    .filter((path) => PAGES.test(path))
    .flatMap((path) => linkProblems(root, path));
}

if (isMain(import.meta.url)) report('check-links', allLinkProblems(process.cwd()));
