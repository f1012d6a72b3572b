import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMongo } from './find-mongo.js';

describe('findMongo', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-path-'));
    await writeFile(join(folder, 'mongod'), '');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('takes MONGODB_URI first, then a mongod that is named, then one in the path', () => {
    const [uri, named] = ['mongodb://db.example/x', process.execPath];
    const found = (env: NodeJS.ProcessEnv) => findMongo({ PATH: folder, ...env });
    expect(found({ MONGODB_URI: uri, MONGOMS_SYSTEM_BINARY: named })).toMatchObject({ uri });
    expect(found({ MONGOMS_SYSTEM_BINARY: named })).toMatchObject({ mongod: named });
    const mongod = join(folder, 'mongod');
    expect(found({})).toMatchObject({ mongod });
    expect(found({ MONGOMS_SYSTEM_BINARY: '/nowhere/mongod' })).toMatchObject({ mongod });
  });

  test('finds nothing where there is neither mongod nor Java', () => {
    expect(findMongo({ PATH: '' })).toBeUndefined();
    expect(findMongo({})).toBeUndefined();
  });
});
