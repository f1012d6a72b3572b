import { mapLimited } from './map-limited.js';

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
