import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain, readText, report } from './workspace.js';

/** The members of a package.json that are looked at. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  /** A command line tool: it need not export anything. */
  readonly bin?: unknown;
  readonly [member: string]: unknown;
}

/** What a manifest that is about to be published lacks. */
export function manifestProblems(manifest: Manifest): string[] {
  const text = JSON.stringify(manifest);
  const { exports } = manifest as { readonly exports?: object };
  return [
    ...['description', 'files', 'engines', ...(manifest.bin ? [] : ['exports', 'types'])]
      .filter((member) => manifest[member] === undefined)
      .map((member) => `package.json has no "${member}"`),
    ...(manifest.license === 'MIT' ? [] : ['package.json has not "license": "MIT"']),
    ...(manifest.type === 'module' ? [] : ['package.json has not "type": "module"']),
    ...(Object.keys(exports ?? {}).some((path) => path.includes('*'))
      ? ['"exports" has a wildcard: name every path']
      : []),
    ...(/"(workspace|catalog):/.test(text) ? ['package.json was not resolved by pnpm pack'] : []),
  ];
}

/** What a packed list of files has and should not have, or lacks. */
export function fileProblems(files: readonly string[]): string[] {
  const stray = /\.test\.|\.test-d\.|(^|\/)(test|fixtures)\/|tsbuildinfo$|(^|\/)tsconfig/;
  return [
    ...['README.md', 'LICENSE', 'package.json']
      .filter((file) => !files.includes(file))
      .map((file) => `the package holds no ${file}`),
    ...files.filter((file) => stray.test(file)).map((file) => `the package holds ${file}`),
  ];
}

/** Packages that are published, by folder. */
export function publishable(root: string): string[] {
  return readdirSync(join(root, 'packages')).filter((folder) => {
    const path = `packages/${folder}/package.json`;
    if (!existsSync(join(root, path))) return false;
    return (JSON.parse(readText(root, path)) as Manifest).private !== true;
  });
}

/** Packs a package as it would be published. */
function pack(folder: string, destination: string): string {
  const setup = (JSON.parse(readText('.', 'package.json')) as { scripts: { setup: string } })
    .scripts.setup;
  const pnpm = /pnpm@[\d.]+/.exec(setup)?.[0] ?? 'pnpm';
  const tarball = join(destination, `${folder}.tgz`);
  const packed = ['--yes', pnpm, '--dir', `packages/${folder}`, 'pack', '--out', tarball];
  execFileSync('npx', packed, { stdio: ['ignore', 'ignore', 'inherit'] });
  return tarball;
}

/** All problems of a tarball. */
function tarballProblems(tarball: string): string[] {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^package\//, ''));
  const manifest = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], {
    encoding: 'utf8',
  });
  return [
    ...manifestProblems(JSON.parse(manifest) as Manifest),
    ...fileProblems(files),
    ...toolProblems('publint', ['run', tarball, '--strict']),
    ...toolProblems('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']),
  ];
}

function toolProblems(tool: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(join('node_modules/.bin', tool), args, {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return status === 0 ? [] : [`${tool} says:\n${stdout ?? ''}${stderr ?? ''}`];
}

if (isMain(import.meta.url)) {
  const destination = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
  try {
    const problems = publishable('.').flatMap((folder) => {
      const found = tarballProblems(pack(folder, destination));
      console.log(`packages/${folder}: ${found.length === 0 ? 'ok' : 'FAILED'}`);
      return found.map((problem) => `packages/${folder}: ${problem}`);
    });
    report('check-packages', problems);
  } finally {
    rmSync(destination, { recursive: true, force: true });
  }
}
