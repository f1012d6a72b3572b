import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isMain, listFiles, readText, report } from './workspace.js';

const LIST = 'docs/coverage/openid.json';
const PAGE = 'docs/coverage.md';
const TESTS = /^(packages|examples|docs)\/.*\.test\.tsx?$/;

/** What is required: by key the specifications, and by id what they ask. */
export interface Requirements {
  readonly specifications: Readonly<
    Record<string, { readonly title: string; readonly url: string }>
  >;
  readonly requirements: Readonly<Record<string, string>>;
}

/** A specification's key, a section, and a name: `core-3.1.2.1-nonce`. */
const ID = '[a-z]+\\d*-\\d+(?:\\.\\d+)*-[a-z][a-z0-9-]*';
const CITATION = new RegExp(`\\[(${ID}(?:, ${ID})*)\\](?=['"\`])`, 'g');

/** The ids that a test file cites: in brackets, at the end of what a test is called. */
export function citationsOf(source: string): string[] {
  const lists = [...source.matchAll(CITATION)].flatMap(([, list = '']) => list.split(', '));
  return [...new Set(lists)];
}

/** The test files that cite each id. */
export function citationsIn(root: string): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const path of listFiles(root).filter((file) => TESTS.test(file))) {
    for (const id of citationsOf(readText(root, path))) {
      files.set(id, [...(files.get(id) ?? []), path]);
    }
  }
  return files;
}

/** Requirements without a test, tests without a requirement, and ids that are none. */
export function coverageProblems(
  { specifications, requirements }: Requirements,
  cited: ReadonlyMap<string, readonly string[]>,
): string[] {
  const ids = Object.keys(requirements);
  const wellFormed = new RegExp(`^${ID}$`);
  return [
    ...ids.filter((id) => !wellFormed.test(id)).map((id) => `${id} is no id`),
    ...ids
      .filter((id) => !Object.hasOwn(specifications, partsOf(id).specification))
      .map((id) => `${id} is of no specification`),
    ...ids.filter((id) => !cited.has(id)).map((id) => `no test cites ${id}`),
    ...[...cited]
      .filter(([id]) => !Object.hasOwn(requirements, id))
      .flatMap(([id, paths]) => paths.map((path) => `${path} cites ${id}, which is not required`)),
  ];
}

function partsOf(id: string): { readonly specification: string; readonly section: string } {
  const [specification = '', section = ''] = id.split('-');
  return { specification, section };
}

/** The page: a table for each specification, by section. */
export function renderCoverage(
  { specifications, requirements }: Requirements,
  cited: ReadonlyMap<string, readonly string[]>,
): string {
  const tables = Object.entries(specifications).map(([key, { title, url }]) => {
    const rows = Object.entries(requirements)
      .map(([id, text]) => ({ id, text, ...partsOf(id) }))
      .filter(({ specification }) => specification === key)
      .sort((one, other) => compareSections(one.section, other.section))
      .map(({ id, section, text }) => {
        const tests = (cited.get(id) ?? []).map(linkTo).join(', ');
        return `| ${section} | ${text} | \`${id}\` | ${tests} |`;
      });
    const head = ['| § | what holds | id | tests |', '| --- | --- | --- | --- |'];
    return [`## [${title}](${url})`, '', ...head, ...rows].join('\n');
  });
  return `${[`${intro}\n\n${countOf(requirements)}`, ...tables].join('\n\n')}\n`;
}

const intro = `# What of OpenID Connect holds

Each line is a behaviour of this server with [\`@gatehouse/oidc\`](../packages/oidc), in our words, with the section that asks for it and
the tests that prove it. The page is generated from [openid.json](coverage/openid.json) and from the tests, which cite the ids at the end
of their names; \`npm run check:coverage\` fails when a line has no test. It is our reading of the specifications, and no certificate.

To run what proves a line: \`npm test -- packages -t 'core-3.1.2.1-nonce'\`.`;

function countOf(requirements: Requirements['requirements']): string {
  return `${Object.keys(requirements).length} lines.`;
}

function compareSections(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

function linkTo(path: string): string {
  return `[${basename(path).replace(/\.test\.tsx?$/, '')}](../${path})`;
}

/** Compares list, tests and page; with `write` it brings the page up to date first. */
export function syncCoverage(root: string, options: { readonly write?: boolean } = {}): string[] {
  const list = JSON.parse(readText(root, LIST)) as Requirements;
  const cited = citationsIn(root);
  const page = renderCoverage(list, cited);
  if (options.write) writeFileSync(join(root, PAGE), page);
  const isFresh = existsSync(join(root, PAGE)) && readText(root, PAGE) === page;
  return [
    ...coverageProblems(list, cited),
    ...(isFresh ? [] : [`${PAGE} is stale: npm run sync:coverage`]),
  ];
}

if (isMain(import.meta.url)) {
  const write = !process.argv.includes('--check');
  report('coverage', syncCoverage(process.cwd(), { write }));
}
