import { existsSync } from 'node:fs';
import { cellsOf, labelOf, storeTableOf, suitesOf, tableOf } from './matrix.js';

describe('test matrix', () => {
  test('walks three Nodes, two Expresses at three mounts and the oldest Express at one', () => {
    expect(cellsOf({ store: 'memory' })).toHaveLength(21);
    expect(cellsOf({ express: '4.18' }).map(labelOf)).toEqual([
      'memory, node 20, express 4.18, /auth',
      'memory, node 22, express 4.18, /auth',
      'memory, node 24, express 4.18, /auth',
    ]);
    expect(cellsOf({ node: '22', express: '5', mount: '' })).toHaveLength(1);
  });

  test('walks each store that has a database in one place, and first', () => {
    expect(cellsOf()).toHaveLength(24);
    expect(cellsOf().slice(0, 3).map(labelOf)).toEqual([
      'mongo, node 20, express 5, /auth',
      'postgres, node 20, express 5, /auth',
      'custom, node 20, express 5, /auth',
    ]);
    expect(cellsOf({ store: 'mongo' })).toHaveLength(1);
  });

  test('runs what a store keeps, and OpenID Connect, on every store and every later Node, on one Express at one mount', () => {
    const cells = cellsOf();
    const withRecords = cells.filter((cell) => suitesOf(cell).length > 1);
    expect(withRecords.map(labelOf)).toEqual([
      'mongo, node 20, express 5, /auth',
      'postgres, node 20, express 5, /auth',
      'custom, node 20, express 5, /auth',
      'memory, node 22, express 5, /auth',
      'memory, node 24, express 5, /auth',
    ]);
    const flows = 'packages/core/test/flows';
    const records = 'packages/core/test/records';
    const whole = 'packages/oidc/test/(?!browser/)';
    const part = 'packages/oidc/test/(clients|conformance)/';
    for (const cell of cells) {
      const openid = cell.store === 'mongo' || cell.store === 'postgres' ? whole : part;
      const all = [flows, records, openid];
      expect(suitesOf(cell)).toEqual(withRecords.includes(cell) ? all : [flows]);
    }
    expect([flows, records, 'packages/oidc/test'].every(existsSync)).toBe(true);
    const paths = ['clients/openid-client', 'browser/provider', 'logout'];
    const hits = (pattern: string): boolean[] =>
      paths.map((path) => new RegExp(pattern).test(`packages/oidc/test/${path}.test.ts`));
    expect(hits(whole)).toEqual([true, false, true]);
    expect(hits(part)).toEqual([true, false, false]);
  });

  test('shows a row for each Node and Express', () => {
    const cells = cellsOf({ node: '20', express: '5' }).map((cell) => ({
      ...cell,
      passed: cell.mount !== '/a/b',
      files: { passed: 1, all: 1 },
      tests: { passed: 2, all: 2 },
      text: '',
    }));
    expect(tableOf(cells)).toEqual([
      '                        /       /auth   /a/b',
      'node 20, express 5      ok      ok      FAILED',
    ]);
  });

  test('shows for each store what passed, over all of its cells', () => {
    const results = cellsOf({ node: '20', mount: '/auth' }).map((cell) => ({
      ...cell,
      passed: cell.store !== 'mongo',
      files: { passed: cell.store === 'mongo' ? 0 : 40, all: 40 },
      tests: { passed: cell.store === 'mongo' ? 0 : 500, all: 500 },
      text: '',
    }));
    expect(storeTableOf(results)).toEqual([
      'store       files           tests',
      'memory      120 of 120      1500 of 1500        ok',
      'mongo       0 of 40         0 of 500            FAILED',
      'postgres    40 of 40        500 of 500          ok',
      'custom      40 of 40        500 of 500          ok',
    ]);
  });
});
