import { firstColumn, headings, membersOf, type Parity, parityProblems } from './check-errors.js';
import { makeTree, removeTrees } from './testing/make-tree.js';

const source = `
/** Codes, as in 'not this one'. */
export type Code =
  | 'ERR_ONE' // the 'first'; of all
  | 'ERR_TWO';
export type Other = 'ERR_THREE';
`;
const parity: Parity = {
  source: 'errors.ts',
  union: 'Code',
  page: 'errors.md',
  described: (page) => headings(page, /^ERR_/),
};

describe('check-errors', () => {
  afterEach(removeTrees);

  test('reads the members of one union, without its comments', () => {
    expect(membersOf(source, 'Code')).toEqual(['ERR_ONE', 'ERR_TWO']);
    expect(membersOf(source, 'Missing')).toEqual([]);
  });

  test('reads headings and first columns', () => {
    expect(headings('## ERR_A\n### ERR_B\n### `ERR_C`\n### Other\n', /^ERR_/)).toEqual([
      'ERR_B',
      'ERR_C',
    ]);
    expect(firstColumn('| `a-b` | x |\n| `a.b` | x |\n| b | `c-d` |\n', /^[a-z-]+$/)).toEqual([
      'a-b',
    ]);
  });

  test('accepts a page that describes exactly the members', () => {
    const root = makeTree({ 'errors.ts': source, 'errors.md': '### ERR_TWO\n\n### ERR_ONE\n' });
    expect(parityProblems(root, parity)).toEqual([]);
  });

  test('names what is missing, unknown and doubled', () => {
    const page = '### ERR_TWO\n### ERR_TWO\n### ERR_THREE\n';
    const root = makeTree({ 'errors.ts': source, 'errors.md': page });
    expect(parityProblems(root, parity)).toEqual([
      'errors.md lacks ERR_ONE',
      'errors.md describes ERR_THREE, which is not in Code',
      'errors.md describes ERR_TWO twice',
    ]);
  });

  test('refuses a missing page and a missing union', () => {
    expect(parityProblems(makeTree({ 'errors.ts': source }), parity)).toEqual([
      'errors.md does not exist',
    ]);
    const root = makeTree({ 'errors.ts': '', 'errors.md': '' });
    expect(parityProblems(root, parity)).toEqual(['errors.ts has no union Code']);
  });
});
