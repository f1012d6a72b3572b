import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./cjs-host.cjs', import.meta.url));

describe('a CommonJS host', () => {
  it('requires every package, walks a flow and is told nothing on the way', () => {
    const { NODE_OPTIONS: _own, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
      encoding: 'utf8',
      env: { ...env, NODE_ENV: 'development' },
      timeout: 15_000,
    });
    // Node 20 and 22 say of every require() of an ES module that it is new.
    const words = stderr
      .split('\n')
      .filter((line) => line !== '' && !/ExperimentalWarning|--trace-warnings/.test(line));
    expect([words, status]).toEqual([[], 0]);
    expect(JSON.parse(stdout)).toEqual({ scope: 'notes:read', notes: { who: 'ada' } });
  });
});
