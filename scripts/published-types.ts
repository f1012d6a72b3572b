import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import type { Manifest } from './check-packages.js';

/** The packages that a declaration file leads to by its own imports and those of the files that it imports. */
export function importedPackages(entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  function follow(file: string): void {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, , name = ''] of text.matchAll(/(from|import|import\()\s*['"]([^'"]+)['"]/g)) {
      if (!name.startsWith('.')) packages.add(name.split('/', name[0] === '@' ? 2 : 1).join('/'));
      else follow(normalize(join(dirname(file), name.replace(/\.js$/, '.d.ts'))));
    }
  }
  follow(entry);
  return packages;
}

/**
 * What the types of a package need that whoever installs it does not get: `tsc` without `skipLibCheck` fails on it, and with it
 * reads `any`.
 */
export function typeProblems(folder: string): string[] {
  const manifest = manifestOf(join(folder, 'package.json'));
  const { dependencies, peerDependencies } = manifest as Record<string, object | undefined>;
  const installed = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
  const require = createRequire(join(folder, 'package.json'));
  const hasTypes = (name: string): boolean => {
    const path = require.resolve
      .paths(name)
      ?.map((modules) => join(modules, name, 'package.json'))
      .find((file) => existsSync(file));
    return path !== undefined && /"(types|typings)":/.test(readFileSync(path, 'utf8'));
  };
  const typesOf = (name: string): string => `@types/${name.replace('@', '').replace('/', '__')}`;
  return [...importedPackages(join(folder, String(manifest.types)))]
    .filter((name) => !name.startsWith('node:'))
    .filter((name) => !installed.has(typesOf(name)) && !(installed.has(name) && hasTypes(name)))
    .map((name) => `the types need those of ${name}, which are not installed with it`);
}

function manifestOf(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
