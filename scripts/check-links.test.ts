import { allLinkProblems, anchorsOf, linkProblems, linksOf } from './check-links.js';
import { makeTree, removeTrees } from './testing/make-tree.js';

describe('check-links', () => {
  afterEach(removeTrees);

  test('reads links and images that stay in the repository, with their line', () => {
    const page = [
      'See [the guide](docs/guide.md#start) and ![a drawing](a.svg),',
      'not [the RFC](https://www.rfc-editor.org/) or [mail](mailto:a@b.example), and not `[x](y.md)`.',
      '```md',
      '[in a fence](none.md)',
      '```',
      '[over two',
      'lines](b.md)',
    ].join('\n');
    expect(linksOf(page)).toEqual([
      { text: 'the guide', target: 'docs/guide.md#start', line: 1 },
      { text: 'a drawing', target: 'a.svg', line: 1 },
      { text: 'over two\nlines', target: 'b.md', line: 6 },
    ]);
  });

  test('names anchors as GitHub does', () => {
    const page = '# A `code` name\n## The host’s own, really?\n### ERR_A\n## Twice\n## Twice\n';
    expect([...anchorsOf(page)]).toEqual([
      'a-code-name',
      'the-hosts-own-really',
      'err_a',
      'twice',
      'twice-1',
    ]);
    expect([...anchorsOf('```sh\n# no heading\n```\n')]).toEqual([]);
  });

  test('accepts links that lead somewhere', () => {
    const root = makeTree({
      'README.md': '[a](docs/a.md) [b](docs/a.md#part) [c](#here) [d](docs)\n\n## Here\n',
      'docs/a.md': '## Part\n[up](../README.md#here)\n',
    });
    expect(allLinkProblems(root)).toEqual([]);
  });

  test('names files and headings that do not exist, and links that lead out', () => {
    const root = makeTree({
      'docs/a.md': '[a](b.md)\n[b](#none)\n[c](../../x.md)\n[d](code.ts#L1)\n',
      'docs/code.ts': '',
    });
    expect(linkProblems(root, 'docs/a.md')).toEqual([
      'docs/a.md:1 leads to docs/b.md, which does not exist',
      'docs/a.md:2 leads to the heading #none, which docs/a.md does not have',
      'docs/a.md:3 leads out of the repository: ../../x.md',
      'docs/a.md:4 names a heading of docs/code.ts, which is no page',
    ]);
  });

  test('names a test that the linked file does not have', () => {
    const root = makeTree({
      'docs/a.md':
        '[*refuses a\n  second use*](a.test.ts)\n[*is gone*](a.test.ts)\n[tests](a.test.ts)\n',
      'docs/b.md': '[*answers … for …, once*](b.test.ts)\n[*answers … twice*](b.test.ts)\n',
      'docs/a.test.ts': "it('refuses a second use', f);\nit('is gone for ever', f);\n",
      'docs/b.test.ts': "it('answers %s for $what, once', f);\n",
    });
    expect(linkProblems(root, 'docs/a.md')).toEqual([
      'docs/a.md:3 names a test that docs/a.test.ts does not have: is gone',
    ]);
    expect(linkProblems(root, 'docs/b.md')).toEqual([
      'docs/b.md:2 names a test that docs/b.test.ts does not have: answers … twice',
    ]);
  });

  test('looks at the pages of docs and packages, and at no other file', () => {
    const root = makeTree({
      'docs/guide/a.md': '[a](none.md)',
      'packages/x/README.md': '[a](none.md)',
      'packages/x/src/b.md': '[a](none.md)',
      'node_modules/y/README.md': '[a](none.md)',
    });
    expect(allLinkProblems(root)).toHaveLength(2);
  });
});
