import { readText } from './workspace.js';

const { scripts } = JSON.parse(readText('.', 'package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The npm scripts that a text runs, in order. */
function npmScripts(text: string): string[] {
  return [...text.matchAll(/npm (?:run )?([a-z:-]+)/g)].flatMap((match) => match[1] ?? []);
}

describe('.ci/run', () => {
  const stages = npmScripts(readText('.', '.ci/run').replace(/^#.*$/gm, ''));

  test('runs the tests, the matrix, and then what `npm run check` runs, in its order', () => {
    const checks = npmScripts(scripts.check ?? '').filter(
      (name) => name !== 'setup' && name !== 'build',
    );
    expect(checks.length).toBeGreaterThan(5);
    expect(stages).toEqual(['test', 'test:matrix', ...checks]);
  });

  test('installs what the tests need before it runs them', () => {
    const names = [...readText('.', '.ci/run').matchAll(/^stage ([a-z]+) /gm)].map(
      ([, name]) => name,
    );
    const installed = ['chromium', 'postgresql', 'mongodb', 'redis'];
    expect(names.slice(0, installed.length + 1)).toEqual([...installed, 'test']);
  });

  test('names scripts that exist', () => {
    for (const name of stages) expect(Object.keys(scripts)).toContain(name);
  });
});
