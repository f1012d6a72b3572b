import { setTimeout as delay } from 'node:timers/promises';
import { createPoller } from './poller.js';

describe('a poller', () => {
  it('goes on after errors, and tells of each outage once', async () => {
    const lines: string[] = [];
    const say =
      (level: string) =>
      (_context: object, message: string): void =>
        void lines.push(`${level}: ${message}`);
    const logger = { debug() {}, info: say('info'), warn: say('warn'), error: say('error') };
    const outcomes = [true, false, false, true, true, false, true];
    let turns = 0;
    const poller = createPoller({
      milliseconds: 1,
      // One that throws at once is an outage too.
      task() {
        const works = outcomes[turns++] ?? true;
        if (!works) throw new Error('down');
        return Promise.resolve();
      },
      logger,
      lost: 'lost',
      back: 'back',
    });
    poller.start();
    while (turns <= outcomes.length) await delay(1);
    await poller.stop();
    expect(lines).toEqual(['warn: lost', 'info: back', 'warn: lost', 'info: back']);
    const ended = turns;
    await delay(50);
    expect(turns).toBe(ended);
  });

  it('never begins a turn while one runs, and has stopped once that has ended', async () => {
    let running = 0;
    let most = 0;
    let turns = 0;
    const poller = createPoller({
      milliseconds: 1,
      async task() {
        turns += 1;
        running += 1;
        most = Math.max(most, running);
        await delay(30);
        running -= 1;
      },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      lost: 'lost',
      back: 'back',
    });
    poller.start();
    while (turns < 3) await delay(1);
    await poller.stop();
    expect([running, most]).toEqual([0, 1]);
  });
});
