import { isMain, isTest, linesOf, listFiles, readText, report } from './workspace.js';

/** A source file with its number of lines. */
export interface FileSize {
  readonly path: string;
  readonly lines: number;
}

const NOTABLE = 200;
const MOST = 300;
const MOST_IN_SCRIPTS = 150;
const MEDIAN_BELOW = 80;

/** Source files that a person reads: no tests, nothing generated. */
export function sourcesOf(root: string): FileSize[] {
  return listFiles(root)
    .filter((path) => /^(packages|examples|scripts)\/.*\.tsx?$/.test(path))
    .filter((path) => !isTest(path) && !/\.d\.ts$|\.generated\.tsx?$/.test(path))
    .map((path) => ({ path, lines: linesOf(readText(root, path)).length }));
}

/** The middle size; 0 without files. */
export function medianOf(files: readonly FileSize[]): number {
  const sizes = files.map(({ lines }) => lines).sort((a, b) => a - b);
  const half = sizes.length / 2;
  const low = sizes[Math.ceil(half) - 1] ?? 0;
  const high = sizes[Math.floor(half)] ?? 0;
  return (low + high) / 2;
}

/** What is too long. There are no exemptions. */
export function sizeProblems(files: readonly FileSize[]): string[] {
  const limitOf = (path: string): number => (path.startsWith('scripts/') ? MOST_IN_SCRIPTS : MOST);
  const tooLong = files
    .filter(({ path, lines }) => lines > limitOf(path))
    .map(({ path, lines }) => `${path} has ${lines} lines, the most is ${limitOf(path)}`);
  const median = medianOf(files);
  if (median < MEDIAN_BELOW) return tooLong;
  return [...tooLong, `the median is ${median} lines, it must be below ${MEDIAN_BELOW}`];
}

if (isMain(import.meta.url)) {
  const files = sourcesOf(process.cwd());
  for (const { path, lines } of files.filter((file) => file.lines > NOTABLE)) {
    console.log(`${String(lines).padStart(5)}  ${path}`);
  }
  console.log(`${files.length} source files, median ${medianOf(files)} lines`);
  report('check-size', sizeProblems(files));
}
