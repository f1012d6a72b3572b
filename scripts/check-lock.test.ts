import { addressProblems, lockProblems } from './check-lock.js';
import { makeTree, removeTrees } from './testing/make-tree.js';

// Put together here, so that this file passes the check itself.
const host = ['registry', 'example', 'org'].join('.');

describe('check-lock', () => {
  afterEach(removeTrees);

  test('accepts integrity hashes and ordinary links', () => {
    const lock = 'packages:\n  express@5.0.0:\n    resolution: {integrity: sha512-AA==}\n';
    const root = makeTree({ 'pnpm-lock.yaml': lock, 'README.md': 'https://www.rfc-editor.org/' });
    expect(lockProblems(root)).toEqual([]);
  });

  test('refuses the address of a registry in any text file', () => {
    expect(addressProblems('README.md', `one\nsee ${host}/x`)).toEqual([
      'README.md:2 names a registry or an address',
    ]);
    expect(addressProblems('.npmrc', `${['npm', 'js.com'].join('')}`)).toHaveLength(1);
  });

  test('refuses any address in the lock file', () => {
    expect(addressProblems('pnpm-lock.yaml', 'tarball: x\nhttps://example.org/')).toHaveLength(2);
  });

  test('refuses lock files of other package managers, and none of ours', () => {
    expect(lockProblems(makeTree({ 'examples/a/package-lock.json': '{}' }))).toEqual([
      'pnpm-lock.yaml does not exist',
      'examples/a/package-lock.json: pnpm locks alone',
    ]);
  });
});
