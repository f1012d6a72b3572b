import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordRoundTrip } from './record-round-trip.js';

const path = join(import.meta.dirname, 'round-trip.http');

// What is random in every run, cut short by the recorder.
const withoutValues = (text: string): string => text.replace(/[\w.~+/=-]{6}…/g, '…');

describe('the recorded round trip', () => {
  // To record it anew: GATEHOUSE_RECORD=1 npm run jest -- docs/examples/round-trip && npm run sync:snippets
  it('is what the server asks and answers', async () => {
    const recorded = await recordRoundTrip();
    if (process.env.GATEHOUSE_RECORD) await writeFile(path, recorded);
    expect(withoutValues(await readFile(path, 'utf8'))).toBe(withoutValues(recorded));
  });
});
