/** One combination that the flow suite runs on. */
export interface Cell {
  readonly node: string;
  readonly express: string;
  /** Where the server is mounted; empty is the root. */
  readonly mount: string;
}

export interface CellResult extends Cell {
  readonly passed: boolean;
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

/** What to run: `node`, `express` and `mount` narrow it, e.g. `{ node: '22' }`. */
export function cellsOf(only: Partial<Cell> = {}): Cell[] {
  return NODES.flatMap((node) =>
    EXPRESSES.flatMap(({ version, mounts }) =>
      mounts.map((mount) => ({ node, express: version, mount })),
    ),
  ).filter((cell) =>
    Object.entries(only).every(([key, value]) => cell[key as keyof Cell] === value),
  );
}

/** How a cell is written, e.g. `node 22, express 4.18, /auth`. */
export function labelOf({ node, express, mount }: Cell): string {
  return `node ${node}, express ${express}, ${mount || '/'}`;
}

/** Runs `work` on each, at most `limit` at a time. Results keep the order. */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}

/** A row for each Node and Express, a column for each mount. */
export function tableOf(results: readonly CellResult[]): string[] {
  const row = (first: string, cells: readonly string[]): string =>
    [first.padEnd(24), ...cells.map((cell) => cell.padEnd(8))].join('').trimEnd();
  const rows = new Map<string, CellResult[]>();
  for (const result of results) {
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
