import { cellsOf, labelOf, mapLimited, tableOf } from './matrix.js';

describe('test matrix', () => {
  test('walks three Nodes, two Expresses at three mounts and the oldest Express at one', () => {
    expect(cellsOf()).toHaveLength(21);
    expect(cellsOf({ express: '4.18' }).map(labelOf)).toEqual([
      'node 20, express 4.18, /auth',
      'node 22, express 4.18, /auth',
      'node 24, express 4.18, /auth',
    ]);
    expect(cellsOf({ node: '22', express: '5', mount: '' })).toHaveLength(1);
  });

  test('runs no more than two at a time and keeps the order', async () => {
    let running = 0;
    let most = 0;
    const results = await mapLimited([30, 1, 10, 2], 2, async (milliseconds) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      running -= 1;
      return milliseconds;
    });
    expect(results).toEqual([30, 1, 10, 2]);
    expect(most).toBe(2);
  });

  test('shows a row for each Node and Express', () => {
    const cells = cellsOf({ node: '20' }).map((cell) => ({
      ...cell,
      passed: cell.mount !== '/a/b',
      text: '',
    }));
    expect(tableOf(cells)).toEqual([
      '                        /       /auth   /a/b',
      'node 20, express 5      ok      ok      FAILED',
      'node 20, express 4      ok      ok      FAILED',
      'node 20, express 4.18   -       ok      -',
    ]);
  });
});
