import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const host = fileURLToPath(new URL('./host.ts', import.meta.url));

/** What the compiler says of the host, with the types that are published and the Express types of a package. */
function compile(expressTypes: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-types-'));
  const types = (name: string): string => `${root}packages/${name}/dist/index.d.ts`;
  const config = {
    extends: `${root}tsconfig.base.json`,
    compilerOptions: {
      noEmit: true,
      composite: false,
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      skipLibCheck: false,
      typeRoots: [`${root}node_modules/@types`],
      paths: {
        'express': [realpathSync(`${root}node_modules/${expressTypes}/index.d.ts`)],
        ...Object.fromEntries(
          ['core', 'guard', 'consent', 'login-password', 'store-memory'].map((name) => [
            `@gatehouse/${name}`,
            [types(name)],
          ]),
        ),
      },
    },
    files: [host],
  };
  try {
    expect(existsSync(types('core'))).toBe(true);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = `${root}node_modules/typescript/bin/tsc`;
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder], {
      encoding: 'utf8',
    });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// An `@ts-expect-error` that expects nothing is an error itself.
describe('the types of a host', () => {
  it.each(['@types/express', 'types-express4'])(
    'compile with %s, and refuse what is wrong',
    (expressTypes) => {
      expect(compile(expressTypes)).toBe('');
    },
    60_000,
  );
});
