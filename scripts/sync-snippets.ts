import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncPage } from './snippets.js';
import { isMain, listFiles, readText, report } from './workspace.js';

const PAGES = /^(README\.md|docs\/.*\.md|(packages|examples)\/[^/]+\/README\.md)$/;

/** Compares all pages with their sources; with `write` it brings them up to date first. */
export function syncSnippets(root: string, options: { readonly write?: boolean } = {}): string[] {
  const read = (path: string): string | undefined =>
    existsSync(join(root, path)) ? readText(root, path) : undefined;
  return listFiles(root)
    .filter((path) => PAGES.test(path))
    .flatMap((path) => {
      const before = readText(root, path);
      const synced = syncPage(path, before, read);
      if (!options.write || synced.problems.length === 0) return synced.problems;
      writeFileSync(join(root, path), synced.text);
      return syncPage(path, synced.text, read).problems;
    });
}

if (isMain(import.meta.url)) {
  const write = !process.argv.includes('--check');
  report('sync-snippets', syncSnippets(process.cwd(), { write }));
}
