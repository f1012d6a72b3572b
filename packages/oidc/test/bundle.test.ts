import { build } from 'esbuild';

async function bundleOf(entry: string): Promise<{ files: string[]; text: string }> {
  const { metafile, outputFiles, warnings } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  // Such as that an import which is there for its effect is left out.
  expect(warnings).toEqual([]);
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {});
  return {
    files: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path),
    text: outputFiles[0]?.text ?? '',
  };
}

const files = /\/engine\/(openid-(?!settings)|select-by-hint)/;
const members = /userinfo_endpoint|end_session_endpoint|claims_supported/;

test('the core alone holds nothing of how OpenID Connect is spoken', async () => {
  const core = await bundleOf('packages/core/src/index.ts');
  expect(core.files).toContain('packages/core/src/engine/create-engine.ts');
  expect(core.files.filter((path) => files.test(path))).toEqual([]);
  expect(core.text).not.toMatch(members);
});

test('what the plugin brings in does', async () => {
  const openid = await bundleOf('packages/core/src/openid.ts');
  expect(openid.files.filter((path) => files.test(path)).length).toBeGreaterThan(8);
  expect(openid.text).toMatch(members);
});
