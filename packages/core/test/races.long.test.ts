import { delayedStore } from '@gatehouse/store-contract';
import { memoryStore } from '@gatehouse/store-memory';
import { browserAgent, pkce } from './browser-agent.js';
import { startHost, type TestHost } from './host.js';
import { authorizationUrl, authorize, codeOf, redeem, refresh, takeCode } from './oauth-client.js';

let host: TestHost;
beforeAll(async () => {
  const store = delayedStore(memoryStore({ maxRecords: 1_000_000 }), { minMs: 0, maxMs: 5 });
  host = await startHost({ store });
});
afterAll(() => host.close());

describe('2,000 codes, each redeemed five times at once', () => {
  it('give exactly one answer each, and no family outlives it', async () => {
    const agent = browserAgent(host.origin);
    for (let round = 0; round < 200; round += 1) {
      // One after the other, since they share the browser's session; then all at once.
      const codes: { code: string; verifier: string }[] = [];
      for (let index = 0; index < 10; index += 1) {
        codes.push(await takeCode(host, 'spa', { agent }));
      }
      const won = await Promise.all(
        codes.map(async ({ code, verifier }) => {
          const answers = await Promise.all(
            Array.from({ length: 5 }, () => redeem(host, 'spa', code, verifier)),
          );
          const winners = answers.filter(({ status }) => status === 200);
          const errors = answers.filter(({ status }) => status !== 200);
          expect(winners.length).toBeLessThanOrEqual(1);
          for (const { status, body } of errors) {
            expect([status, body.error]).toEqual([400, 'invalid_grant']);
          }
          return winners[0];
        }),
      );
      // All ten are of one family, which the first replay ends: at least one was in time.
      expect(won.filter((winner) => winner !== undefined).length).toBeGreaterThan(0);
      for (const winner of won) {
        if (!winner) continue;
        expect((await refresh(host, 'spa', String(winner.body.refresh_token))).status).toBe(400);
      }
    }
  });
});

describe('1,000 refresh tokens, each presented ten times at once', () => {
  it('give equal answers, and every family lives', async () => {
    const agent = browserAgent(host.origin);
    const { verifier, challenge } = pkce();
    const back = await authorize(agent, authorizationUrl(host, 'spa', challenge));
    const { body } = await redeem(host, 'spa', codeOf(back), verifier);
    let token = String(body.refresh_token);
    for (let round = 0; round < 1000; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => refresh(host, 'spa', token)),
      );
      for (const answer of answers) {
        expect([answer.status, answer.body]).toEqual([200, answers[0]?.body]);
      }
      token = String(answers[0]?.body.refresh_token);
    }
  });
});
