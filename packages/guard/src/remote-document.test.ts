import { controlMonotonicClock } from '../test/monotonic-clock.js';
import { createRemoteDocument, type RemoteDocument } from './remote-document.js';

/** A document that counts its loads, and fails while told to. */
function countingDocument(maxAgeSeconds: number): {
  readonly document: RemoteDocument<number>;
  readonly state: { loads: number; fails: boolean; hangs: boolean };
} {
  const state = { loads: 0, fails: false, hangs: false };
  const load = async (): Promise<number> => {
    state.loads += 1;
    if (state.hangs) await new Promise(() => {});
    if (state.fails) throw new Error('down');
    return state.loads;
  };
  return {
    state,
    document: createRemoteDocument({ load, maxAgeSeconds, cooldownSeconds: 10 }),
  };
}

const clock = controlMonotonicClock();

describe('createRemoteDocument', () => {
  it('loads once for all who wait, and then not again while it is fresh', async () => {
    const { document, state } = countingDocument(60);
    expect(await Promise.all([document.get(), document.get(), document.refresh()])).toEqual([
      1, 1, 1,
    ]);
    clock.advance(59);
    expect(await document.get()).toBe(1);
    expect(state.loads).toBe(1);
  });

  it('refreshes at once, but not twice in a short time', async () => {
    const { document } = countingDocument(60);
    await document.get();
    expect(await document.refresh()).toBe(1);
    clock.advance(10);
    expect(await document.refresh()).toBe(2);
    expect(await document.refresh()).toBe(2);
  });

  it('waits for the news when it is too old', async () => {
    const { document } = countingDocument(60);
    await document.get();
    clock.advance(60);
    expect(await document.get()).toBe(2);
  });

  it('keeps what it has in an outage, and after the first failure lets nobody wait', async () => {
    const { document, state } = countingDocument(60);
    await document.get();
    state.fails = true;
    clock.advance(3600);
    expect(await document.get()).toBe(1);
    await expect(document.refresh()).rejects.toThrow('down');
    state.hangs = true;
    clock.advance(3600);
    expect(await document.get()).toBe(1);
    expect(state.loads).toBe(3);
  });

  it('throws the failure again, without loading, until the pause is over', async () => {
    const { document, state } = countingDocument(60);
    state.fails = true;
    await expect(document.get()).rejects.toThrow('down');
    await expect(document.get()).rejects.toThrow('down');
    expect(state.loads).toBe(1);
    state.fails = false;
    clock.advance(2);
    expect(await document.get()).toBe(2);
  });
});
