import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeTree, removeTrees } from './testing/make-tree.js';
import { readText } from './workspace.js';

/** Lints files as if they stood in the repository. Returns `path rule` for each rule that is broken. */
function lint(files: Readonly<Record<string, string>>): string[] {
  const root = makeTree({
    ...files,
    'biome.json': readText('.', 'biome.json'),
    '.gitignore': 'node_modules/\n',
  });
  const biome = join(process.cwd(), 'node_modules/.bin/biome');
  const { stdout, stderr } = spawnSync(biome, ['lint', '--colors=off', '.'], {
    cwd: root,
    encoding: 'utf8',
  });
  const found = `${stdout}${stderr}`.matchAll(/^(\S+?):\d+:\d+ lint\/\w+\/(\w+)/gm);
  return [...new Set([...found].map(([, path, rule]) => `${path} ${rule}`))].sort();
}

const engine = `import { Provider } from 'oidc-provider';\nexport const provider = Provider;\n`;
const dynamic = `export const load = () => import('oidc-provider');\n`;
const core = `import { OAuthError } from '@gatehouse/core';\nexport const error = OAuthError;\n`;

describe('lint rules', () => {
  afterEach(removeTrees);

  test('let the engine be imported in its folder alone', () => {
    const found = lint({
      'packages/core/src/engine/a.ts': engine,
      'packages/core/src/app/b.ts': engine,
      'packages/core/src/app/c.ts': dynamic,
      'packages/guard/src/d.ts': engine,
      'packages/oidc/src/e.ts': engine,
      'examples/f/server.ts': engine,
    });
    expect(found).toEqual(
      [
        'examples/f/server.ts',
        'packages/core/src/app/b.ts',
        'packages/core/src/app/c.ts',
        'packages/guard/src/d.ts',
        'packages/oidc/src/e.ts',
      ].map((path) => `${path} noRestrictedImports`),
    );
  });

  test('keep the guard apart from the server', () => {
    const files = { 'packages/consent/src/a.ts': core, 'packages/guard/src/b.ts': core };
    expect(lint(files)).toEqual(['packages/guard/src/b.ts noRestrictedImports']);
  });

  test('refuse default exports in packages, the console, any, and lost promises', () => {
    const found = lint({
      'jest.config.js': 'export default 1;\n',
      'packages/a/src/a.ts': 'export default 1;\n',
      'packages/a/src/b.ts': 'console.log(1);\n',
      'packages/a/src/c.ts': 'export const a: any = 1;\n',
      'packages/a/src/d.ts': 'async function f() {}\nexport const g = () => {\n  f();\n};\n',
    });
    expect(found).toEqual([
      'packages/a/src/a.ts noDefaultExport',
      'packages/a/src/b.ts noConsole',
      'packages/a/src/c.ts noExplicitAny',
      'packages/a/src/d.ts noFloatingPromises',
    ]);
  });

  test('read pages', () => {
    const page = 'export const Page = () => <p class="a">{1}</p>;\n';
    expect(lint({ 'packages/consent/src/page.tsx': page })).toEqual([]);
  });
});
