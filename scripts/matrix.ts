/** The stores that the suites run on, as `GATEHOUSE_TEST_STORE` names them. */
export const STORES = ['memory', 'mongo', 'postgres', 'custom'] as const;

export type TestStore = (typeof STORES)[number];

/** One combination that the suites run on. */
export interface Cell {
  readonly store: TestStore;
  readonly node: string;
  readonly express: string;
  /** Where the server is mounted; empty is the root. */
  readonly mount: string;
}

/** How many of how many. */
export interface Share {
  readonly passed: number;
  readonly all: number;
}

export interface CellResult extends Cell {
  readonly passed: boolean;
  readonly files: Share;
  readonly tests: Share;
  /** The tally of the tests, or why there is none. */
  readonly text: string;
}

const NODES = ['20', '22', '24'];
const MOUNTS = ['', '/auth', '/a/b'];
/** Versions of Express with the mounts each is tried at. The oldest differs from 4 in nothing that a mount touches. */
const EXPRESSES: readonly { readonly version: string; readonly mounts: readonly string[] }[] = [
  { version: '5', mounts: MOUNTS },
  { version: '4', mounts: MOUNTS },
  { version: '4.18', mounts: ['/auth'] },
];

/**
 * What to run: `store`, `node`, `express` and `mount` narrow it, e.g. `{ node: '22' }`. What is below the server and what is above
 * it do not meet, so a store that has a database runs in one place. Those cells are the longest, and come first.
 */
export function cellsOf(only: Partial<Cell> = {}): Cell[] {
  const above = NODES.flatMap((node) =>
    EXPRESSES.flatMap(({ version, mounts }) =>
      mounts.map((mount) => ({ store: STORES[0], node, express: version, mount })),
    ),
  );
  const below = STORES.slice(1).map((store) => ({
    store,
    node: '20',
    express: '5',
    mount: '/auth',
  }));
  return [...below, ...above].filter((cell) =>
    Object.entries(only).every(([key, value]) => cell[key as keyof Cell] === value),
  );
}

/**
 * The tests that a cell runs, as patterns of their paths. What a store keeps, and two servers agree on, has the same answers on
 * every Express and at every mount: such tests run in one of them, as do those of OpenID Connect, which walk the mounts themselves
 * where it matters. All of these run on the databases that we ship a store for; elsewhere client libraries and the plans of the
 * conformance suite stand for them. On the memory store and Node 20, and in a browser, `npm test` runs them.
 */
export function suitesOf({ store, node, express, mount }: Cell): string[] {
  const flows = 'packages/core/test/flows';
  if (express !== '5' || mount !== '/auth') return [flows];
  if (store === STORES[0] && node === NODES[0]) return [flows];
  const isShipped = store === 'mongo' || store === 'postgres';
  const openid = isShipped ? '(?!browser/)' : '(clients|conformance)/';
  return [flows, 'packages/core/test/records', `packages/oidc/test/${openid}`];
}

/** How a cell is written, e.g. `memory, node 22, express 4.18, /auth`. */
export function labelOf({ store, node, express, mount }: Cell): string {
  return `${store}, node ${node}, express ${express}, ${mount || '/'}`;
}

/** A row for each Node and Express, a column for each mount: the cells of the memory store. */
export function tableOf(results: readonly CellResult[]): string[] {
  const row = (first: string, cells: readonly string[]): string =>
    [first.padEnd(24), ...cells.map((cell) => cell.padEnd(8))].join('').trimEnd();
  const rows = new Map<string, CellResult[]>();
  for (const result of results.filter(({ store }) => store === STORES[0])) {
    const name = `node ${result.node}, express ${result.express}`;
    rows.set(name, [...(rows.get(name) ?? []), result]);
  }
  const stateOf = (result?: CellResult): string => {
    if (result === undefined) return '-';
    return result.passed ? 'ok' : 'FAILED';
  };
  return [
    row(
      '',
      MOUNTS.map((mount) => mount || '/'),
    ),
    ...[...rows].map(([name, cells]) =>
      row(
        name,
        MOUNTS.map((mount) => stateOf(cells.find((cell) => cell.mount === mount))),
      ),
    ),
  ];
}

/** A row for each store: of its test files and tests, in all of its cells, how many passed. */
export function storeTableOf(results: readonly CellResult[]): string[] {
  const rows = STORES.flatMap((store) => {
    const own = results.filter((result) => result.store === store);
    if (own.length === 0) return [];
    const share = (of: (result: CellResult) => Share): string => {
      const sum = (key: keyof Share): number =>
        own.reduce((total, result) => total + of(result)[key], 0);
      return `${sum('passed')} of ${sum('all')}`;
    };
    const state = own.every(({ passed }) => passed) ? 'ok' : 'FAILED';
    return [[store, share(({ files }) => files), share(({ tests }) => tests), state]];
  });
  return [['store', 'files', 'tests', ''], ...rows].map(
    ([store = '', files = '', tests = '', state = '']) =>
      [store.padEnd(12), files.padEnd(16), tests.padEnd(20), state].join('').trimEnd(),
  );
}
