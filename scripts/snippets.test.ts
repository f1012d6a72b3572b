import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fencesOf, regionOf, syncPage } from './snippets.js';
import { syncSnippets } from './sync-snippets.js';
import { makeTree, removeTrees } from './testing/make-tree.js';

const server = `import a from 'a';
function main() {
  // #region mount
  app.use(a);

  // #region inner
  app.listen();
  // #endregion inner
  // #endregion mount
}
`;
const page = (info: string, body: string): string => `# A\n\n\`\`\`${info}\n${body}\`\`\`\n`;
const read = (path: string) => (path === 'server.ts' ? server : undefined);
const wanted = 'app.use(a);\n\napp.listen();\n';

describe('snippets', () => {
  afterEach(removeTrees);

  test('finds fences, also longer and indented ones', () => {
    const lines = ['````md', '```ts', '```', '````', '- x', '  ```sh', '  ls', '  ```', 'end'];
    expect(fencesOf(lines)).toEqual([
      { language: 'md', source: undefined, indent: '', start: 1, end: 3 },
      { language: 'sh', source: undefined, indent: '  ', start: 6, end: 7 },
    ]);
  });

  test('cuts a region without its marks and outer indentation', () => {
    expect(regionOf(server, 'mount')).toEqual(['app.use(a);', '', 'app.listen();']);
    expect(regionOf(server, 'inner')).toEqual(['app.listen();']);
    expect(regionOf(server, 'mou')).toBeUndefined();
    expect(regionOf(server)).toHaveLength(6);
  });

  test('accepts a block that equals its source', () => {
    const text = page('ts source="server.ts#mount"', wanted);
    expect(syncPage('README.md', text, read)).toEqual({ text, problems: [] });
  });

  test('replaces a block that differs, and says where', () => {
    const { text, problems } = syncPage('a.md', page('ts source="server.ts#mount"', 'old\n'), read);
    expect(text).toBe(page('ts source="server.ts#mount"', wanted));
    expect(problems).toEqual(['a.md:3 differs from server.ts#mount']);
  });

  test('refuses a source that does not exist', () => {
    expect(syncPage('a.md', page('ts source="b.ts"', ''), read).problems).toHaveLength(1);
    expect(syncPage('a.md', page('ts source="server.ts#no"', ''), read).problems).toHaveLength(1);
  });

  test('asks code for a source or a reason, and shell and JSON for nothing', () => {
    expect(syncPage('a.md', page('ts', 'x\n'), read).problems).toEqual([
      'a.md:3 has no source="path#region"; if it cannot, source="none: reason"',
    ]);
    expect(syncPage('a.md', page('ts source="none:"', ''), read).problems).toHaveLength(1);
    expect(syncPage('a.md', page('ts source="none: a sketch"', 'x\n'), read).problems).toEqual([]);
    expect(syncPage('a.md', page('sh', 'ls\n'), read).problems).toEqual([]);
    expect(syncPage('a.md', page('json', '{}\n'), read).problems).toEqual([]);
  });

  test('keeps the indentation of a list', () => {
    const text = '- x\n  ```ts source="server.ts#inner"\n  old\n  ```\n';
    expect(syncPage('a.md', text, read).text).toBe(text.replace('old', 'app.listen();'));
  });

  test('writes pages only when asked', () => {
    const text = page('ts source="server.ts#mount"', 'old\n');
    const root = makeTree({ 'server.ts': server, 'docs/guide/a.md': text, 'notes/a.md': text });
    const now = () => readFileSync(join(root, 'docs/guide/a.md'), 'utf8');
    expect(syncSnippets(root)).toEqual(['docs/guide/a.md:3 differs from server.ts#mount']);
    expect(now()).toBe(text);
    expect(syncSnippets(root, { write: true })).toEqual([]);
    expect(now()).toContain('app.listen();');
  });
});
