import { readText } from './workspace.js';

const { scripts } = JSON.parse(readText('.', 'package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The npm scripts that a text runs, in order. */
function npmScripts(text: string): string[] {
  return [...text.matchAll(/npm (?:run )?([a-z:-]+)/g)].flatMap((match) => match[1] ?? []);
}

describe('.ci/run', () => {
  const run = readText('.', '.ci/run');
  const stages = npmScripts(run.replace(/^#.*$/gm, ''));

  test('runs the tests, the matrix, and then what `npm run check` runs, in its order', () => {
    const checks = npmScripts(scripts.check ?? '').filter(
      (name) => name !== 'setup' && name !== 'build',
    );
    expect(checks.length).toBeGreaterThan(5);
    expect(stages).toEqual(['test', 'test:matrix', ...checks]);
  });

  test('installs what the tests need at once, before it runs them', () => {
    const names = [...run.matchAll(/^stage ([a-z]+) /gm)].map(([, name]) => name);
    expect(names.slice(0, 2)).toEqual(['install', 'test']);
    expect(run.match(/apt-get (update|install)/g)).toEqual(['apt-get update', 'apt-get install']);
    // What a page tells people to install, and nothing else but fonts.
    const told = [...readText('.', 'CONTRIBUTING.md').matchAll(/apt-get install ([a-z -]+)/g)];
    const lacking = [...run.matchAll(/lacking\+=\(([a-z -]+)\)/g)];
    const packages = (matches: typeof told) =>
      matches.flatMap(([, names = '']) => names.split(' '));
    expect(packages(lacking).sort()).toEqual([...packages(told), 'fonts-liberation'].sort());
  });

  test('names scripts that exist', () => {
    for (const name of stages) expect(Object.keys(scripts)).toContain(name);
  });
});
