import { pkce } from '../testing/browser-agent.js';
import {
  type Answer,
  call,
  authorize,
  browserOf,
  type Code,
  codeOf,
  redeem,
  refresh,
  takeCode,
} from './client.js';
import { familyEnded, grantsOf, outcomeOf, type Race, randomAddress, show, times } from './race.js';
import { robotAssertion } from './racing-cluster.js';
import type { Cluster } from './start-cluster.js';

/** One thing for many, of a new family in each race: one is answered, the others are `invalid_grant`, and the family ends. */
function onceOnly(
  name: string,
  clientId: 'spa' | 'web',
  prepare: (
    cluster: Cluster,
    code: Code,
  ) => (() => Promise<Answer>) | Promise<() => Promise<Answer>>,
): Race {
  return {
    name,
    openLane(cluster, person) {
      const agent = browserOf(cluster);
      return {
        async race(contenders) {
          const code = await takeCode(cluster, clientId, person, agent);
          const answers = await times(contenders, await prepare(cluster, code));
          return familyEnded(cluster, clientId, answers);
        },
      };
    },
  };
}

/** One code for many (RFC 6749 §4.1.2). */
const codes: Race = onceOnly('codes', 'spa', (cluster, code) => () => redeem(cluster, 'spa', code));

/** One refresh token for many, within the window: everybody has the same successor, and the family lives. */
const refreshTokens: Race = {
  name: 'refresh tokens',
  async openLane(cluster, person) {
    const code = await takeCode(cluster, 'spa', person);
    let token = String((await redeem(cluster, 'spa', code)).body.refresh_token);
    return {
      async race(contenders) {
        const answers = await times(contenders, () => refresh(cluster, 'spa', token));
        const successors = new Set(answers.map(({ body }) => JSON.stringify(body)));
        const lost = answers.filter(({ status }) => status !== 200);
        token = String(answers[0]?.body.refresh_token);
        return { winners: successors.size, faults: lost.map(show) };
      },
      async finish() {
        const grants = await grantsOf(cluster, person);
        const faults = grants.length === 1 ? [] : [`${person} has ${grants.length} families`];
        const last = await refresh(cluster, 'spa', token);
        return last.status === 200 ? faults : [...faults, `the family ended: ${show(last)}`];
      },
    };
  },
};

/** The same without a window. */
const refreshTokensOnce: Race = onceOnly(
  'refresh tokens without a window',
  'web',
  async (cluster, code) => {
    const { body } = await redeem(cluster, 'web', code);
    return () => refresh(cluster, 'web', String(body.refresh_token));
  },
);

/** One assertion for many: one is answered, the others are `invalid_client` (RFC 7523 §3). */
const replayIds: Race = {
  name: 'replay ids',
  openLane: (cluster) => ({
    async race(contenders) {
      const client_assertion = await robotAssertion(cluster.issuer);
      const answers = await times(contenders, () => {
        const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
        const form = { grant_type: 'client_credentials', scope: 'ledger:read' };
        const fields = { ...form, client_assertion_type, client_assertion };
        // Failures are counted per address.
        return call(cluster, '/token', 'robot', fields, { 'x-forwarded-for': randomAddress() });
      });
      return outcomeOf(answers, 401, 'invalid_client');
    },
  }),
};

/** One press on the consent page, sent many times, as by a hand that is not sure: one code comes of it. */
const consents: Race = {
  name: 'presses on a consent page',
  openLane(cluster, person) {
    const agent = browserOf(cluster);
    return {
      async race(contenders) {
        const { challenge } = pkce();
        const more = { prompt: 'consent' };
        const page = await authorize(cluster, 'partner', person, challenge, agent, more);
        const replies = await times(contenders, () => agent.submit(page, { decision: 'allow' }));
        const codes = new Set(replies.flatMap(({ location }) => codeOf(location) ?? []));
        const failed = replies.filter(({ status }) => status >= 500);
        return { winners: codes.size, faults: failed.map(({ status }) => String(status)) };
      },
    };
  },
};

/** All that there is to race for, and how many races of a hundred are for it. */
export const races: readonly { readonly race: Race; readonly percent: number }[] = [
  { race: codes, percent: 30 },
  { race: refreshTokens, percent: 30 },
  { race: refreshTokensOnce, percent: 10 },
  { race: replayIds, percent: 25 },
  { race: consents, percent: 5 },
];
