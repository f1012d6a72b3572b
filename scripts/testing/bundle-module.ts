import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Modules of a test as plain JavaScript, which other processes can import. */
export interface BundledModules {
  /** URLs, in the order of the entries. */
  readonly urls: readonly string[];
  remove(): void;
}

const packages = join(import.meta.dirname, '../../packages');

const stores = readdirSync(packages).filter((name) => name.startsWith('store-'));
const sourceOf = (name: string): string => join(packages, name, 'src/index.ts');

/** Bundles modules from their sources, so that what other processes run is never older than what the test runs. */
export async function bundleModules(...entries: readonly string[]): Promise<BundledModules> {
  const outdir = mkdtempSync(join(tmpdir(), 'gatehouse-modules-'));
  const remove = (): void => rmSync(outdir, { recursive: true, force: true });
  const names = entries.map((path) => basename(path, '.ts'));
  try {
    writeFileSync(join(outdir, 'package.json'), '{ "type": "module" }');
    await build({
      entryPoints: Object.fromEntries(entries.map((path, n) => [names[n], path])),
      outdir,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      external: ['pg-native', 'pg-cloudflare'],
      // Dependencies that are CommonJS load what Node has by `require`.
      banner: {
        js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
      },
      alias: {
        // Of core a store needs this alone.
        '@gatehouse/core': join(packages, 'core/src/store-kit.ts'),
        ...Object.fromEntries(stores.map((name) => [`@gatehouse/${name}`, sourceOf(name)])),
      },
      logLevel: 'error',
    });
  } catch (error) {
    remove();
    throw error;
  }
  return { urls: names.map((name) => pathToFileURL(join(outdir, `${name}.js`)).href), remove };
}
