import type { RingRecord } from './ring-record.js';
import { type RingView, ringView } from './ring-view.js';

/** Reads the ring: never twice at a time, and only as often as somebody needs it newer. */
export interface RingReader {
  /** What was read last. */
  view(): RingView;
  /** When the last read began, in epoch milliseconds: what was committed before is in it. */
  readAt(): number;
  /** Whether that is longer ago than the span. */
  isStale(spanMilliseconds: number): boolean;
  /** Makes sure that it is not. */
  refresh(spanMilliseconds: number): Promise<void>;
  /** Reads what is there now: by a read that begins after the call. */
  reload(): Promise<void>;
  /**
   * For a key that nobody here knows: one look at a time, and one in a span, however many such keys are named. Whoever asks within
   * the span learns what the look came to: a store that is out of reach says of none of them that there is no such key.
   */
  look(): Promise<void>;
}

/** Makes the reader. `lookMilliseconds` is the least between two looks for unknown keys. */
export function ringReader(record: RingRecord, lookMilliseconds: number): RingReader {
  let view: RingView | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let look: Promise<void> = Promise.resolve();
  let isLooking = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function load(): Promise<void> {
    const started = Date.now();
    const stored = await record.load(view?.revision);
    if (stored) view = ringView(stored, view, Date.now());
    readAt = started;
  }

  function read(): Promise<void> {
    reading ??= load().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  // The clock may have been set back since.
  const isOlder = (than: number): boolean => readAt < than || readAt > Date.now();

  // A read that is under way has begun too early; the one after it has not, whoever asks for that first.
  async function reload(): Promise<void> {
    await reading?.catch(() => {});
    await read();
  }

  return {
    view() {
      if (!view) throw new Error('the key ring was not read yet');
      return view;
    },
    readAt: () => readAt,
    isStale: (span) => isOlder(Date.now() - span),
    async refresh(span) {
      const at = Date.now() - span;
      if (isOlder(at)) await reading?.catch(() => {});
      if (isOlder(at)) await read();
    },
    reload,
    look() {
      const now = Date.now();
      if (!isLooking && Math.abs(now - lookedAt) >= lookMilliseconds) {
        lookedAt = now;
        isLooking = true;
        look = reload().finally(() => {
          isLooking = false;
        });
      }
      return look;
    },
  };
}
