import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { publishable } from './check-packages.js';
import { importedPackages, typeProblems } from './published-types.js';

describe('the types of a published package', () => {
  it.each(publishable('.'))('need nothing that is not installed with %s', (name) => {
    expect(typeProblems(resolve('packages', name))).toEqual([]);
  });

  it('are followed through every file, and judged by what is installed', () => {
    const root = mkdtempSync(join(tmpdir(), 'gatehouse-types-'));
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    const dependencies = { typed: '1', untyped: '1', split: '1', '@types/split': '1' };
    write('package.json', JSON.stringify({ types: './dist/index.d.ts', dependencies }));
    write('node_modules/typed/package.json', '{ "types": "./index.d.ts" }');
    write('node_modules/untyped/package.json', '{ "main": "./index.js" }');
    write('node_modules/absent/package.json', '{ "types": "./index.d.ts" }');
    write('dist/index.d.ts', "import 'typed/sub';\nexport * from './a/b.js';\n");
    write(
      'dist/a/b.d.ts',
      "import type { A } from 'untyped';\nexport type B = import('absent').B;\nexport * from '../index.js';\nimport 'split';\nimport type { C } from 'node:net';\n",
    );
    try {
      expect([...importedPackages(join(root, 'dist/index.d.ts'))].sort()).toEqual([
        'absent',
        'node:net',
        'split',
        'typed',
        'untyped',
      ]);
      expect(typeProblems(root)).toEqual([
        'the types need those of untyped, which are not installed with it',
        'the types need those of absent, which are not installed with it',
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
