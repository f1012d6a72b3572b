import {
  citationsIn,
  citationsOf,
  coverageProblems,
  renderCoverage,
  syncCoverage,
} from './coverage.js';
import { makeTree, removeTrees } from './testing/make-tree.js';

const list = {
  specifications: {
    core: { title: 'Core', url: 'https://core.example/' },
    rfc9207: { title: 'RFC 9207', url: 'https://rfc.example/' },
  },
  requirements: {
    'core-12.2-issuer': 'The issuer stays.',
    'core-2-issuer': 'The issuer is there.',
    'rfc9207-2-code': 'iss comes with a code.',
  },
};

describe('coverage', () => {
  afterEach(removeTrees);

  test('reads ids in brackets at the end of a name, one or more, once each', () => {
    const source = [
      "it('says who issued it [core-2-issuer]', () => {",
      "  it.each(['a [core-12.2-issuer, rfc9207-2-code]', `b [core-2-issuer]`])",
      "  const client_id = 'client_id[]=web'; // [core-3-comment]",
      "  expect('a [1-2] and [core-9-middle] of it').toBe('');",
    ].join('\n');
    expect(citationsOf(source)).toEqual(['core-2-issuer', 'core-12.2-issuer', 'rfc9207-2-code']);
  });

  test('names what has no test, what is not required, and what is no id', () => {
    const cited = new Map([
      ['core-2-issuer', ['a.test.ts']],
      ['core-2-isuer', ['a.test.ts', 'b.test.ts']],
    ]);
    const requirements = { ...list.requirements, 'core-issuer': '', 'other-1-x': '' };
    expect(coverageProblems({ ...list, requirements }, cited)).toEqual([
      'core-issuer is no id',
      'other-1-x is of no specification',
      'no test cites core-12.2-issuer',
      'no test cites rfc9207-2-code',
      'no test cites core-issuer',
      'no test cites other-1-x',
      'a.test.ts cites core-2-isuer, which is not required',
      'b.test.ts cites core-2-isuer, which is not required',
    ]);
  });

  test('writes a table for each specification, by section, with links to the tests', () => {
    const root = makeTree({
      'packages/oidc/test/a.test.ts': "it('x [core-2-issuer, core-12.2-issuer]')",
      'packages/oidc/test/b.test.ts': "it('y [core-2-issuer]')",
      'packages/oidc/test/c.ts': "it('no test [core-2-issuer]')",
    });
    const page = renderCoverage(list, citationsIn(root));
    expect(page).toContain('3 lines.');
    expect(page.split('\n').filter((line) => /^\| [\d.]+ \|/.test(line))).toEqual([
      '| 2 | The issuer is there. | `core-2-issuer` | [a](../packages/oidc/test/a.test.ts), [b](../packages/oidc/test/b.test.ts) |',
      '| 12.2 | The issuer stays. | `core-12.2-issuer` | [a](../packages/oidc/test/a.test.ts) |',
      '| 2 | iss comes with a code. | `rfc9207-2-code` |  |',
    ]);
  });

  test('fails on a page that is stale, and brings it up to date', () => {
    const root = makeTree({
      'docs/coverage/openid.json': JSON.stringify(list),
      'docs/coverage.md': 'old',
      'packages/a.test.ts': "it('x [core-2-issuer, core-12.2-issuer, rfc9207-2-code]')",
    });
    const stale = ['docs/coverage.md is stale: npm run sync:coverage'];
    expect(syncCoverage(root)).toEqual(stale);
    expect(syncCoverage(root, { write: true })).toEqual([]);
    expect(syncCoverage(root)).toEqual([]);
  });

  test('has at least 120 lines', async () => {
    const { readText } = await import('./workspace.js');
    const { requirements } = JSON.parse(readText('.', 'docs/coverage/openid.json')) as typeof list;
    expect(Object.keys(requirements).length).toBeGreaterThanOrEqual(120);
  });
});
