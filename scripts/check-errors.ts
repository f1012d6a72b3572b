import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, linesOf, readText, report } from './workspace.js';

/** A union of string literals, and the page that must describe each member. */
export interface Parity {
  readonly source: string;
  readonly union: string;
  readonly page: string;
  /** Names that the page describes. */
  readonly described: (page: string) => string[];
}

/** Names in the third-level headings that match. */
export function headings(page: string, name: RegExp): string[] {
  return linesOf(page).flatMap((line) => {
    const heading = /^### `?([\w-]+)`?$/.exec(line.trim())?.[1];
    return heading !== undefined && name.test(heading) ? [heading] : [];
  });
}

/** Names in backticks that match, in the first column of tables. */
export function firstColumn(page: string, name: RegExp): string[] {
  return linesOf(page).flatMap((line) => {
    const cell = /^\| `([^`]+)` \|/.exec(line)?.[1];
    return cell !== undefined && name.test(cell) ? [cell] : [];
  });
}

/** Members of `export type <name> = 'a' | 'b';`. */
export function membersOf(source: string, name: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
  const body = new RegExp(`export type ${name} =([^;]*);`).exec(code)?.[1] ?? '';
  return [...body.matchAll(/'([^']+)'/g)].flatMap((match) => match[1] ?? []);
}

export const parities: readonly Parity[] = [
  {
    source: 'packages/core/src/errors.ts',
    union: 'ConfigurationErrorCode',
    page: 'docs/reference/errors.md',
    described: (page) => headings(page, /^ERR_/),
  },
  {
    source: 'packages/core/src/errors.ts',
    union: 'OAuthErrorCode',
    page: 'docs/reference/errors.md',
    described: (page) => headings(page, /^[a-z_]+$/),
  },
  {
    source: 'packages/core/src/app/options.ts',
    union: 'Waiver',
    page: 'SECURITY.md',
    described: (page) => firstColumn(page, /^[a-z]+(-[a-z]+)+$/),
  },
];

/** Members without a description, and descriptions without a member. */
export function parityProblems(root: string, parity: Parity): string[] {
  const { source, union, page } = parity;
  const absent = [source, page].filter((path) => !existsSync(join(root, path)));
  if (absent.length > 0) return absent.map((path) => `${path} does not exist`);
  const members = membersOf(readText(root, source), union);
  if (members.length === 0) return [`${source} has no union ${union}`];
  const described = parity.described(readText(root, page));
  const twice = described.filter((name, index) => described.indexOf(name) !== index);
  return [
    ...members.filter((name) => !described.includes(name)).map((name) => `${page} lacks ${name}`),
    ...described
      .filter((name) => !members.includes(name))
      .map((name) => `${page} describes ${name}, which is not in ${union}`),
    ...twice.map((name) => `${page} describes ${name} twice`),
  ];
}

if (isMain(import.meta.url)) {
  const problems = parities.flatMap((parity) => parityProblems(process.cwd(), parity));
  report('check-errors', [...new Set(problems)]);
}
