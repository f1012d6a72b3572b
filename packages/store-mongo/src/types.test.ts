import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');

const host = `
import mongoose from 'mongoose';
import { type MongoConnection, mongoIndexes, mongoStore } from '../../src/index.js';

mongoStore({ connection: mongoose.connection });
mongoStore({ connection: mongoose.createConnection('mongodb://127.0.0.1/x'), prefix: 'a_' });
mongoStore({ uri: 'mongodb://127.0.0.1/x', timeoutMilliseconds: 1000, createIndexes: false });
const connection: MongoConnection = mongoose.connection.useDb('other');
for (const { collection, key, options } of mongoIndexes()) {
  void mongoose.connection.collection(collection).createIndex(key, options);
}
// @ts-expect-error
mongoStore({ connection: mongoose });
// @ts-expect-error
mongoStore({});
void connection;
`;

describe('mongoStore', () => {
  it.each(['mongoose', 'mongoose8'])(
    "takes the connection of %s as a host's own types say it",
    async (name) => {
      const folder = join(import.meta.dirname, `../.cache/types-${name}-${process.pid}`);
      await mkdir(folder, { recursive: true });
      try {
        const options = {
          ...{
            noEmit: true,
            composite: false,
            declaration: false,
            declarationMap: false,
            isolatedDeclarations: false,
          },
          paths: {
            mongoose: [join(root, `node_modules/${name}/types/index.d.ts`)],
            '@gatehouse/core': [join(root, 'packages/core/src/store-kit.ts')],
          },
        };
        const config = {
          extends: join(root, 'tsconfig.base.json'),
          compilerOptions: options,
          files: ['host.ts'],
        };
        await writeFile(join(folder, 'host.ts'), host);
        await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
        const tsc = join(root, 'node_modules/typescript/bin/tsc');
        const run = promisify(execFile)(process.execPath, [tsc, '-p', folder]);
        expect(await run.catch(({ stdout }) => ({ stdout }))).toMatchObject({ stdout: '' });
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});
