import { type ChaosClientParts, chaosLogin } from './chaos-login.js';
import type { Chain, Family, Tokens } from './chaos-journal.js';
import { attempt, insist, refusalOf, tokensOf } from './chaos-requests.js';
import { type Code, call, openApi, redeem, refresh } from './client.js';

/** One person in one browser, at one client. What happens is noted in the journal. */
export interface ChaosSession {
  /** A code, and its tokens. Without an answer another code is taken: one that was sent is sent again after a 503 alone. */
  takeTokens(): Promise<Chain | undefined>;
  /** Refreshes with the same token until there is an answer; the first of them may get lost, and two may be under way. */
  rotate(chain: Chain, presented: string): Promise<Tokens | undefined>;
  useToken(tokens: Tokens): Promise<void>;
  revokeByToken(token: string): Promise<void>;
  /** The operator's, while the client refreshes: whatever that comes to, it must be dead after. */
  revokeByAccount(chain: Chain, presented: string): Promise<void>;
  /** Begins a new family where the old one has ended. `false` when the client was refused. */
  settle(): boolean;
}

/** Opens a browser. */
export function createChaosSession(
  parts: ChaosClientParts & { readonly person: string },
): ChaosSession {
  const { clientId, cluster, journal, random, person } = parts;
  const { counts } = journal;
  let family = newFamily();

  function newFamily(): Family {
    const made: Family = { clientId, person, chains: [], fate: 'kept', refusals: [] };
    journal.families.push(made);
    return made;
  }

  function until<Result>(
    what: string,
    once: () => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    return insist(what, once, { family, counts, random });
  }

  const login = chaosLogin({ ...parts, family: () => family });

  async function redeemTwice(chain: Chain, code: Code): Promise<void> {
    family.fate = 'doubtful';
    const both = [0, 1].map(() => attempt(() => redeem(cluster, clientId, code)));
    chain.redeemed.push(...(await Promise.all(both)).flatMap((one) => tokensOf(one) ?? []));
  }

  /** Whether it gave tokens; `lost` where another code may be taken. */
  async function redeemOnce(chain: Chain, code: Code): Promise<boolean | 'lost'> {
    let sent = 0;
    const outcome = await until('code', async () => {
      sent += 1;
      const answer = await attempt(() => redeem(cluster, clientId, code));
      return answer !== 'no answer' && answer.status === 503 ? undefined : answer;
    });
    const tokens = outcome && tokensOf(outcome);
    if (tokens) {
      chain.redeemed.push(tokens);
      counts.redeems += 1;
      return true;
    }
    // The server may have seen it twice, and have ended the family.
    if (sent > 1) family.fate = 'doubtful';
    if (outcome === 'no answer') counts.codesLost += 1;
    else if (sent > 1) counts.codesSpentUnseen += 1;
    else if (outcome) family.refusals.push(refusalOf('code', outcome) ?? '');
    return outcome === 'no answer' && sent === 1 ? 'lost' : false;
  }

  function noteRevocation(done: true | undefined): void {
    // One of those that got no answer may have reached the server.
    family.fate = done ? 'revoked' : 'doubtful';
    if (done) counts.revocations += 1;
  }

  return {
    async takeTokens() {
      for (;;) {
        const code = await login.takeCode();
        if (code === undefined) return undefined;
        const chain: Chain = { code: code.code, redeemed: [], refreshed: [] };
        family.chains.push(chain);
        if (random.chance(0.1)) {
          await redeemTwice(chain, code);
          return undefined;
        }
        const redeemed = await redeemOnce(chain, code);
        if (redeemed !== 'lost') return redeemed ? chain : undefined;
      }
    },

    async rotate(chain, presented) {
      const tabs = random.chance(0.15) ? 2 : 1;
      let loses = random.chance(0.15);
      const next = await until('refresh', async () => {
        const sent = Array.from({ length: tabs }, () =>
          attempt(() => refresh(cluster, clientId, presented)),
        );
        const outcomes = await Promise.all(sent);
        const answers = outcomes.flatMap((outcome) => tokensOf(outcome) ?? []);
        for (const tokens of answers) chain.refreshed.push({ presented, tokens });
        const refusals = outcomes.flatMap((outcome) => refusalOf('refresh', outcome) ?? []);
        family.refusals.push(...refusals);
        if (refusals.length > 0) return 'refused';
        const [first] = answers;
        if (first === undefined || !loses) return first;
        loses = false;
        return undefined;
      });
      if (next === undefined || next === 'refused') return undefined;
      counts.refreshes += 1;
      return next;
    },

    async useToken({ access }) {
      const status = await openApi(cluster.origin, '/api/ledger', access).catch(() => 503);
      if (status !== 200 && status !== 503) family.refusals.push(`API: ${status}`);
    },

    async revokeByToken(token) {
      const done = await until('revocation', async () => {
        const outcome = await attempt(() => call(cluster, '/revoke', clientId, { token }));
        return outcome !== 'no answer' && outcome.status === 200 ? true : undefined;
      });
      noteRevocation(done);
    },

    async revokeByAccount(chain, presented) {
      const refreshing = attempt(() => refresh(cluster, clientId, presented));
      const done = await until('revocation', async () => {
        try {
          await random.pick(cluster.nodes)?.call('revoke', { accountId: person });
          return true;
        } catch {
          return undefined;
        }
      });
      const tokens = tokensOf(await refreshing);
      if (tokens) chain.refreshed.push({ presented, tokens });
      login.forget();
      noteRevocation(done);
    },

    settle() {
      if (family.fate !== 'kept') family = newFamily();
      return family.refusals.length === 0;
    },
  };
}
