import { type Dirent, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ignored: ReadonlySet<string> = new Set([
  'node_modules',
  'dist',
  'coverage',
  '.git',
  '.cache',
]);

/** All files below `root` that could be committed, as sorted paths with forward slashes. */
export function listFiles(root: string): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry: Dirent) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : walk(path);
      return entry.isFile() ? [relative(root, path).split(sep).join('/')] : [];
    });
  return walk(root).sort();
}

/** Whether a path is a test, or something that only tests use. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\.test-d\.ts$|\/test\//.test(path);
}

/** Lines of a text; a final line break does not begin another one. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Reads a file below `root`. */
export function readText(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Prints what a check found and sets the exit code. */
export function report(name: string, problems: readonly string[]): void {
  for (const problem of problems) console.error(`${name}: ${problem}`);
  console.log(problems.length === 0 ? `${name}: ok` : `${name}: ${problems.length} problem(s)`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Whether the module is the program that runs, and not an import of a test. */
export function isMain(moduleUrl: string): boolean {
  const program = process.argv[1];
  return program !== undefined && realpathSync(program) === fileURLToPath(moduleUrl);
}
