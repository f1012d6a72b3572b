import { pkce } from '../testing/browser-agent.js';
import { authorize, browserOf, call, redeem, refresh, takeCode } from './client.js';
import {
  codeOf,
  familyEnded,
  grantsOf,
  outcomeOf,
  type Race,
  randomAddress,
  show,
  times,
} from './race.js';
import { robotAssertion } from './racing-cluster.js';

/** One code for many: one is answered, the others are `invalid_grant`, and the family ends (RFC 6749 §4.1.2). */
const codes: Race = {
  name: 'codes',
  openLane(cluster, person) {
    const agent = browserOf(cluster);
    return {
      async race(contenders) {
        const code = await takeCode(cluster, 'spa', person, agent);
        const answers = await times(contenders, () => redeem(cluster, 'spa', code));
        return familyEnded(cluster, 'spa', answers);
      },
    };
  },
};

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

/** The same without a window: one is answered, and the family ends. */
const refreshTokensOnce: Race = {
  name: 'refresh tokens without a window',
  openLane(cluster, person) {
    const agent = browserOf(cluster);
    return {
      async race(contenders) {
        const first = await redeem(cluster, 'web', await takeCode(cluster, 'web', person, agent));
        const token = String(first.body.refresh_token);
        const answers = await times(contenders, () => refresh(cluster, 'web', token));
        return familyEnded(cluster, 'web', answers);
      },
    };
  },
};

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
        const page = await authorize(
          cluster,
          'partner',
          person,
          challenge,
          agent,
          'notes:read',
          more,
        );
        const replies = await times(contenders, () => agent.submit(page, { decision: 'allow' }));
        const codes = new Set(replies.flatMap(({ location }) => codeOf(location)));
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
