import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { storeContractCases } from '@gatehouse/store-contract';
import { bundleModules } from '../../../scripts/testing/bundle-module.js';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';

describeOnPostgres('postgresStore', (server) => {
  it('passes under node:test, with its module alone', async () => {
    const test = (name: string): string => join(import.meta.dirname, '../test', name);
    const built = await bundleModules(test('node-test.ts'), test('contract-module.ts'));
    try {
      const args = ['--test', '--test-reporter=tap', fileURLToPath(built.urls[0] ?? '')];
      const env = { ...process.env, POSTGRES_URI: server().uri };
      const { stdout } = await promisify(execFile)(process.execPath, args, { env });
      for (const name of storeContractCases) expect(stdout).toContain(`- ${name}\n`);
      expect(stdout).not.toMatch(/^ *not ok/m);
      expect(stdout).toContain('# fail 0\n# cancelled 0\n# skipped 0\n');
    } finally {
      built.remove();
    }
  }, 120_000);
});
