import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { endPrograms, freePort, newFolder, startProgram } from '../test/run-example.js';

afterEach(endPrograms);

test('a guard in another process checks JWTs by the keys, and opaque tokens by asking', async () => {
  const port = await freePort();
  const env = { PORT: String(port), API_PORT: String(port + 1), KEY_FOLDER: newFolder() };
  expect(await startProgram('machine/dist/make-key.js', env).finished()).toMatchObject({ code: 0 });
  const issuer = startProgram('machine/dist/server.js', env);
  const api = startProgram('api-only/dist/server.js', env);
  await issuer.printed(/is up/);
  await api.printed(/is up/);

  const client = startProgram('api-only/dist/client.js', env);
  expect(await client.finished()).toEqual({
    code: 0,
    output: expect.stringContaining('a JWT was checked here, an opaque token by asking'),
  });

  expect(await api.stop()).toMatchObject({ code: 0 });
  expect(await issuer.stop()).toMatchObject({ code: 0 });
  expect([issuer, api, client].filter((program) => program.isRunning())).toEqual([]);
});

describe('an API-only service', () => {
  test('has no engine in its dependency tree, as npm sees it', () => {
    const list = (name: string): Record<string, unknown> => {
      const npm = ['ls', name, '--json'];
      const options = { cwd: 'examples/api-only', encoding: 'utf8', stdio: 'pipe' } as const;
      try {
        return JSON.parse(execFileSync('npm', npm, options));
      } catch (error) {
        return JSON.parse((error as { stdout: string }).stdout);
      }
    };
    expect(list('oidc-provider')).not.toHaveProperty('dependencies');
    expect(list('jose')).toHaveProperty('dependencies.@gatehouse/guard.dependencies.jose');
  });

  test('has no engine among the packages that its own can load', () => {
    const found = packagesFrom('examples/api-only');
    expect([...found.keys()]).toEqual(
      expect.arrayContaining(['@gatehouse/guard', 'express', 'jose']),
    );
    expect([...found.keys()].filter((name) => /oidc-provider|@gatehouse\/core/.test(name))).toEqual(
      [],
    );
    expect(packagesFrom('examples/machine').has('oidc-provider')).toBe(true);
  });
});

/** All packages that a folder's package depends on, by name, each resolved from where it is needed. */
function packagesFrom(folder: string, found = new Map<string, string>()): Map<string, string> {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
  for (const name of Object.keys({
    ...dependencies,
    ...optionalDependencies,
    ...peerDependencies,
  })) {
    const home = homeOf(name, realpathSync(folder));
    if (home === undefined || found.has(name)) continue;
    packagesFrom(home, found.set(name, home));
  }
  return found;
}

function homeOf(name: string, from: string): string | undefined {
  for (const folder of createRequire(join(from, 'package.json')).resolve.paths(name) ?? []) {
    try {
      return realpathSync(join(folder, name));
    } catch {
      // Not here; in the folder above, perhaps.
    }
  }
  return undefined;
}
