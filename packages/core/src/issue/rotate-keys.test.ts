import { generateKeyPairSync } from 'node:crypto';
import {
  activeKid,
  emitted,
  endNodes,
  kidsOf,
  load,
  opened,
  tokenOf,
  verifies,
} from '../../test/key-nodes.js';
import { travel } from '../../test/travel.js';

afterEach(endNodes);

function gated(): [gate: Promise<void>, open: () => void] {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [gate, open];
}

describe('rotation', () => {
  it('takes the key that was published before, on all nodes, and verifies what the old one signed', async () => {
    const store = await opened();
    const [one, two] = [await load(store), await load(store)];
    const [before, waiting] = [activeKid(one), await kidsOf(one, 'next')];
    const token = await tokenOf(one);
    travel(700);
    expect((await one.rotate()).map(({ state }) => state)).toEqual(['active', 'next', 'retired']);
    expect(activeKid(one)).toBe(waiting[0]);
    await two.list();
    expect(activeKid(two)).toBe(waiting[0]);
    expect(await kidsOf(two, 'retired')).toEqual([before]);
    for (const node of [one, two]) expect(await verifies(node, token)).toBe(true);
    expect(emitted).toEqual(['keys.rotated']);
  });

  it('waits until the next key was published for long enough, and then needs nobody to ask again', async () => {
    const store = await opened();
    const one = await load(store);
    const before = activeKid(one);
    await one.rotate();
    expect(activeKid(one)).toBe(before);
    travel(700);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(activeKid(one)).not.toBe(before);
  });

  it('rotates once when nodes are told at once', async () => {
    const store = await opened();
    const nodes = await Promise.all([load(store), load(store), load(store)]);
    travel(700);
    await Promise.all(nodes.map((node) => node.rotate()));
    expect(emitted).toEqual(['keys.rotated']);
    expect(await kidsOf(await load(store))).toHaveLength(3);
  });

  it('happens by schedule, and removes what is retired once its tokens are dead', async () => {
    const store = await opened();
    const one = await load(store, { options: { rotateSeconds: 3600 } });
    const first = activeKid(one);
    travel(3601);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await kidsOf(one, 'retired')).toEqual([first]);
    travel(600 + 300);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await kidsOf(one)).not.toContain(first);
    expect(emitted).toEqual(['keys.rotated', 'keys.removed']);
  });

  it('drops every key at once when told that they leaked', async () => {
    const store = await opened();
    const [one, two] = [await load(store), await load(store)];
    const kids = await kidsOf(one);
    const token = await tokenOf(one);
    await one.rotate({ revoke: true });
    expect((await kidsOf(one)).filter((kid) => kids.includes(kid))).toEqual([]);
    expect(await verifies(one, token)).toBe(false);
    expect(emitted).toEqual(['keys.revoked', 'keys.revoked']);
    // The other node meets the new key before its poll.
    expect(await verifies(two, await tokenOf(one))).toBe(true);
    expect(await verifies(two, token)).toBe(false);
  });

  it('never brings back a key that another node dropped while this one made keys', async () => {
    const store = await opened();
    // RSA keys take long to make: the drop and the look at it fall in between.
    const needs = (['ES256', 'RS256', 'PS256'] as const).map((alg) => [alg, 600] as const);
    const [gate, release] = gated();
    const [asked, wasAsked] = gated();
    const [read, hasRead] = gated();
    let watches = false;
    const one = await load(
      {
        ...store,
        find: (...args) => store.find(...args).finally(() => watches && hasRead()),
      },
      { needs },
    );
    const two = await load(
      {
        ...store,
        async commit(...args) {
          wasAsked();
          await gate;
          await store.commit(...args);
        },
      },
      { needs },
    );
    const leaked = await kidsOf(one);
    travel(700);
    const dropped = two.rotate({ revoke: true });
    await asked;
    watches = true;
    const rotated = one.rotate();
    await read;
    release();
    await dropped;
    await one.list();
    await rotated;
    for (const node of [one, two]) {
      expect((await kidsOf(node)).filter((kid) => leaked.includes(kid))).toEqual([]);
    }
  });

  it('is refused where the keys are the host’s own', async () => {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const own = { ...jwk.export({ format: 'jwk' }), kty: 'EC', kid: 'own', alg: 'ES256' as const };
    const options = { jwks: { keys: [own] }, rotateSeconds: 1 };
    const keys = await load(await opened(), { options });
    await expect(keys.rotate()).rejects.toMatchObject({ code: 'ERR_USAGE' });
    expect(await keys.list()).toEqual([{ kid: 'own', alg: 'ES256', state: 'active' }]);
  });
});
