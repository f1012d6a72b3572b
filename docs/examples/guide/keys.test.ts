import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createAuthorizationServer, type IssueOptions } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { createKeyOperations, externalKeys, monthly, ownKeys } from './keys.js';
import { api, resources, type Server } from './server.js';

let auth: Server;
afterEach(() => auth.close());

async function start(options: IssueOptions): Promise<Server> {
  auth = (await createAuthorizationServer({
    issuer: 'http://127.0.0.1/auth',
    secrets: ['k3J9vQ2xWm7Zr5Lp1Tn8Bd4Hs6Fg0YcA'],
    store: memoryStore(),
    accounts: { find: () => undefined, id: () => '' },
    resources: { [api]: resources[api] },
    ...options,
  })) as unknown as Server;
  return auth;
}

const pair = (): { privateKey: KeyObject; publicKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('the code of the guide to keys', () => {
  it('rotates by a schedule, by hand, and when keys leaked', async () => {
    const { keys } = await start(monthly);
    const [active, next] = await keys.list();
    expect((active?.until ?? 0) - (active?.since ?? 0)).toBeCloseTo(30 * 86_400, -1);
    const operations = createKeyOperations(auth);
    const asked = await operations.rotateKeys();
    expect(asked.map(({ kid }) => kid)).toEqual([active?.kid, next?.kid]);
    const replaced = (await operations.replaceLeakedKeys()).map(({ kid }) => kid);
    expect(replaced).toHaveLength(2);
    expect(replaced).not.toContain(active?.kid);
    expect(replaced).not.toContain(next?.kid);
  });

  it('brings keys of its own', async () => {
    const jwk = (kid: string) => ({
      ...pair().privateKey.export({ format: 'jwk' }),
      kty: 'EC',
      kid,
    });
    const { keys } = await start(ownKeys(jwk('new'), jwk('old')));
    expect(await keys.list()).toEqual([
      { kid: 'new', alg: 'ES256', state: 'active' },
      { kid: 'old', alg: 'ES256', state: 'retired' },
    ]);
  });

  it('leaves keys in a key service', async () => {
    const { privateKey, publicKey } = pair();
    const service = {
      publicKeys: async () => [{ ...publicKey.export({ format: 'jwk' }), kty: 'EC', kid: 'kms' }],
      sign: async ({ message }: { message: Uint8Array }) => ({
        signature: new Uint8Array(sign('sha256', message, privateKey)),
      }),
    };
    const options = await externalKeys(service);
    const { keys } = await start(options);
    expect(await keys.list()).toEqual([{ kid: 'kms', alg: 'ES256', state: 'active' }]);
    expect(await options.keys.signer.sign('ES256', 'kms', Buffer.from('x'))).toBeInstanceOf(
      Uint8Array,
    );
  });
});
