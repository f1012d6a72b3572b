import { fileProblems, manifestProblems, publishable } from './check-packages.js';
import { makeTree, removeTrees } from './testing/make-tree.js';

const manifest = {
  name: '@gatehouse/a',
  description: 'A package.',
  license: 'MIT',
  type: 'module',
  engines: { node: '>=20.19' },
  exports: { '.': './dist/index.js' },
  types: './dist/index.d.ts',
  files: ['dist'],
};
const files = ['README.md', 'LICENSE', 'package.json', 'dist/index.js'];

describe('check-packages', () => {
  afterEach(removeTrees);

  test('accepts a complete package', () => {
    expect(manifestProblems(manifest)).toEqual([]);
    expect(fileProblems([...files, 'src/index.ts'])).toEqual([]);
  });

  test('names what a manifest lacks', () => {
    const { exports: _, license: __, ...rest } = manifest;
    expect(manifestProblems(rest)).toEqual([
      'package.json has no "exports"',
      'package.json has not "license": "MIT"',
    ]);
    expect(manifestProblems({ ...rest, license: 'MIT', bin: './dist/cli.js' })).toEqual([]);
  });

  test('refuses wildcard exports and ranges that only the workspace knows', () => {
    expect(manifestProblems({ ...manifest, exports: { './*': './dist/*.js' } })).toHaveLength(1);
    expect(manifestProblems({ ...manifest, dependencies: { a: 'catalog:' } })).toHaveLength(1);
    expect(manifestProblems({ ...manifest, dependencies: { a: 'workspace:^' } })).toHaveLength(1);
  });

  test('refuses tests and build leftovers in a package, and a missing README', () => {
    const stray = ['src/a.test.ts', 'dist/a.test.js.map', 'test/host.ts', 'dist/.tsbuildinfo'];
    expect(fileProblems([...files, ...stray])).toEqual(
      stray.map((file) => `the package holds ${file}`),
    );
    expect(fileProblems(files.slice(1))).toEqual(['the package holds no README.md']);
  });

  test('leaves private packages out', () => {
    const root = makeTree({
      'packages/a/package.json': '{ "name": "a" }',
      'packages/b/package.json': '{ "name": "b", "private": true }',
      'packages/c/README.md': '',
    });
    expect(publishable(root)).toEqual(['a']);
  });
});
