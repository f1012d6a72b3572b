import type { HostOptions, TestHost } from './host.js';
import { authenticate, startNodes, visit, type Visitor, waitOf } from './limit-nodes.js';

/** The promises that limits keep over three processes, wherever they count. */
export function itSharesLimits(
  optionsOf: (node: number) => HostOptions,
  keysOf: () => Promise<readonly string[]>,
): void {
  let nodes: TestHost[];
  let addresses = 0;
  let address: string;
  beforeAll(async () => {
    nodes = await startNodes(3, optionsOf);
  });
  afterAll(() => Promise.all(nodes.map((node) => node.close())));
  beforeEach(() => {
    addresses += 1;
    address = `192.0.2.${addresses}`;
  });

  const everywhere = (): Promise<Visitor[]> =>
    Promise.all(nodes.map((node) => visit(node, address)));
  const of = <One>(all: readonly One[], index: number): One => all[index % all.length] as One;
  /** The answers to guesses at one node after the other. */
  async function guesses(count: number): Promise<number[]> {
    const statuses: number[] = [];
    for (let n = 0; n < count; n += 1) {
      statuses.push((await authenticate(of(nodes, n), address, 'wrong')).status);
    }
    return statuses;
  }

  it('five passwords for one name are looked at, at whichever node, and all say the same wait', async () => {
    const visitors = await everywhere();
    const waits: number[] = [];
    for (let n = 0; n < 12; n += 1)
      waits.push(waitOf(await of(visitors, n).attempt('ada', 'wrong')));
    expect(waits.map((wait) => wait > 0)).toEqual(waits.map((_, n) => n >= 5));
    for (const wait of waits.slice(5)) {
      expect(wait).toBeGreaterThan(20);
      expect(wait).toBeLessThanOrEqual(60);
    }
    expect([...waits.slice(5)].sort((a, b) => b - a)).toEqual(waits.slice(5));
    expect((await of(visitors, 1).attempt('ada', 'ada-pw')).status).toBe(429);
  });

  it('of 50 passwords at once over three nodes no more than five are looked at', async () => {
    const visitors = await everywhere();
    const guess = (_: unknown, n: number) => of(visitors, n).attempt('bob', 'wrong');
    const waits = (await Promise.all(Array.from({ length: 50 }, guess))).map(waitOf);
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
    // Also for those who came between the last point and the block.
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(60);
  });

  it('a login at one node forgets the failures of all', async () => {
    const visitors = await everywhere();
    for (let n = 0; n < 4; n += 1) await of(visitors, n).attempt('ada', 'wrong');
    expect((await of(visitors, 1).attempt('ada', 'ada-pw')).status).toBe(303);
    const again = await everywhere();
    const waits: number[] = [];
    for (let n = 0; n < 6; n += 1) waits.push(waitOf(await of(again, n).attempt('ada', 'wrong')));
    expect(waits.findIndex((wait) => wait > 0)).toBe(5);
  });

  it('ten secrets of a client are looked at, at whichever node, and the right one waits too', async () => {
    expect(await guesses(12)).toEqual([...Array(10).fill(401), 429, 429]);
    for (const node of nodes) {
      const { status, headers } = await authenticate(node, address);
      expect([status, headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(20);
      expect((await authenticate(node, `${address}0`)).status).toBe(200);
    }
  });

  it('a node that has seen no failure lets one guess more through, and one only', async () => {
    const [first, late] = nodes as [TestHost, TestHost];
    for (let n = 0; n < 10; n += 1) await authenticate(first, address, 'wrong');
    expect((await authenticate(first, address, 'wrong')).status).toBe(429);
    expect((await authenticate(late, address, 'wrong')).status).toBe(401);
    expect((await authenticate(late, address, 'wrong')).status).toBe(429);
  });

  it('of 50 secrets at once a node looks at ten, and at none of the next', async () => {
    const burst = Array.from({ length: 50 }, () =>
      authenticate(nodes[0] as TestHost, address, 'wrong'),
    );
    const statuses = (await Promise.all(burst)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(40);
  });

  it('no name, address or client is in the database, but the name of the limit and an HMAC', async () => {
    const keys = await keysOf();
    expect(keys.length).toBeGreaterThan(10);
    for (const key of keys) expect(key).toMatch(/^gatehouse:[a-z]+:[a-z]+(:\d)?:[\w-]{43}$/);
    const limits = new Set(keys.map((key) => key.slice('gatehouse:'.length, -44)));
    expect([...limits].sort()).toEqual([
      'client:address',
      'client:pair',
      'password:account:1',
      'password:account:2',
      'password:address:1',
      'password:pair:1',
      'password:pair:2',
      'password:pair:3',
    ]);
  });
}
