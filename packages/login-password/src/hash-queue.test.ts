import { createHashQueue } from './hash-queue.js';
import { PasswordError } from './password-error.js';

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('the hashing queue', () => {
  it('runs so many at once, then the others in their order', async () => {
    const queue = createHashQueue({ parallel: 2, waiting: 8 });
    const gates = [1, 2, 3, 4].map(deferred);
    const started: number[] = [];
    const all = gates.map(({ promise }, index) =>
      queue(async () => {
        started.push(index);
        await promise;
        return index;
      }),
    );
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1]);
    gates[1]?.resolve();
    await all[1];
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    await expect(Promise.all(all)).resolves.toEqual([0, 1, 2, 3]);
  });

  it('refuses more than may wait, and works again afterwards', async () => {
    const queue = createHashQueue({ parallel: 1, waiting: 1 });
    const gate = deferred();
    const running = queue(() => gate.promise);
    const waiting = queue(async () => 'done');
    await expect(queue(async () => 'never')).rejects.toMatchObject({ code: 'busy' });
    await expect(queue(async () => 'never')).rejects.toBeInstanceOf(PasswordError);
    gate.resolve();
    await running;
    await expect(waiting).resolves.toBe('done');
    await expect(queue(async () => 'again')).resolves.toBe('again');
  });

  it('frees the place of work that failed', async () => {
    const queue = createHashQueue({ parallel: 1, waiting: 0 });
    await expect(queue(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(queue(async () => 'fine')).resolves.toBe('fine');
  });
});
