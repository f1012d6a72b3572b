import { medianOf, sizeProblems, sourcesOf } from './check-size.js';
import { makeTree, removeTrees } from './testing/make-tree.js';

const file = (path: string, lines: number) => ({ path, lines });

describe('check-size', () => {
  afterEach(removeTrees);

  test('counts sources alone, not tests, builds, declarations or generated files', () => {
    const root = makeTree({
      'packages/a/src/index.ts': 'one\ntwo\n',
      'packages/a/src/page.tsx': 'one',
      'packages/a/src/index.test.ts': 'x\n',
      'packages/a/src/table.generated.ts': 'x\n',
      'packages/a/test/host.ts': 'x\n',
      'packages/a/dist/index.d.ts': 'x\n',
      'packages/a/node_modules/b/index.ts': 'x\n',
      'docs/a.ts': 'x\n',
    });
    expect(sourcesOf(root)).toEqual([
      file('packages/a/src/index.ts', 2),
      file('packages/a/src/page.tsx', 1),
    ]);
  });

  test('takes the middle, or the mean of the two in the middle', () => {
    expect(medianOf([])).toBe(0);
    expect(medianOf([file('a', 9), file('b', 1), file('c', 2)])).toBe(2);
    expect(medianOf([file('a', 9), file('b', 1), file('c', 2), file('d', 4)])).toBe(3);
  });

  test('accepts 300 lines and refuses 301', () => {
    const small = [file('packages/a/src/b.ts', 10), file('packages/a/src/c.ts', 10)];
    expect(sizeProblems([...small, file('packages/a/src/a.ts', 300)])).toEqual([]);
    expect(sizeProblems([...small, file('packages/a/src/a.ts', 301)])).toEqual([
      'packages/a/src/a.ts has 301 lines, the most is 300',
    ]);
  });

  test('refuses a script over 150 lines and a median of 80', () => {
    expect(sizeProblems([file('scripts/a.ts', 151), file('scripts/b.ts', 9)])).toHaveLength(2);
    expect(sizeProblems([file('packages/a/src/a.ts', 79)])).toEqual([]);
    expect(sizeProblems([file('packages/a/src/a.ts', 80)])).toEqual([
      'the median is 80 lines, it must be below 80',
    ]);
  });
});
