import { answersOf, type Chain, type Family, type Journal, type Tokens } from './chaos-journal.js';

/** What the store and the server say after a run about what the clients were given. */
export interface Evidence {
  readonly codes: ReadonlyMap<string, Stored>;
  readonly access: ReadonlyMap<string, Stored & { readonly opens: boolean }>;
  readonly refresh: ReadonlyMap<string, Stored>;
  /** What the last refresh token of a chain came to when it was presented at the end. */
  readonly endings: ReadonlyMap<string, number>;
  /**
   * Refresh tokens that were not used and codes that were, by grant; only of a store with transactions: one without may keep a
   * token that nobody was given.
   */
  readonly heads: ReadonlyMap<string, { readonly unused: number; readonly codes: number }>;
}

/** A record of the store. */
export interface Stored {
  readonly stored: boolean;
  readonly consumed: boolean;
}

/** What must never happen. */
export type Violation =
  | 'a code was redeemed twice'
  | 'a refresh token has two successors'
  | 'a token is not known to the store'
  | 'a revoked grant is alive'
  | 'an honest client was logged out';

/** A violation, where it was found. */
export interface Finding {
  readonly violation: Violation;
  readonly detail: string;
}

// A token that is about to expire while it is looked at says nothing.
const lifetimeSeconds = 3600 - 60;

/** Compares the clients' own records with what the store and the server say. */
export function auditChaos(journal: Journal, evidence: Evidence, now: number): Finding[] {
  const findings: Finding[] = [];
  for (const [grantId, { unused, codes }] of evidence.heads) {
    if (unused > codes) {
      const detail = `grant ${grantId}: ${unused} unused refresh tokens of ${codes} codes`;
      findings.push({ violation: 'a refresh token has two successors', detail });
    }
  }
  const sightings = new Map<string, string>();
  for (const family of journal.families) {
    const report = (violation: Violation, detail: string): void => {
      findings.push({ violation, detail: `${family.clientId}, ${family.person}: ${detail}` });
    };
    for (const refusal of family.refusals) report('an honest client was logged out', refusal);
    for (const chain of family.chains) {
      auditSpending(chain, evidence, report);
      if (sightings.has(chain.code))
        report('a code was redeemed twice', 'one code for two requests');
      sightings.set(chain.code, family.person);
      if (family.fate === 'revoked') auditRevoked(chain, evidence, report);
      if (family.fate === 'kept') auditKept(chain, evidence, report, now);
    }
  }
  return findings;
}

type Report = (violation: Violation, detail: string) => void;

function auditSpending(chain: Chain, evidence: Evidence, report: Report): void {
  const { redeemed, refreshed } = chain;
  if (differing(redeemed) > 1) report('a code was redeemed twice', `${redeemed.length} answers`);
  if (redeemed.length > 0 && isUnspent(evidence.codes.get(chain.code))) {
    report('a code was redeemed twice', 'it gave tokens and can be redeemed again');
  }
  const successors = new Map<string, Tokens[]>();
  for (const { presented, tokens } of refreshed) {
    successors.set(presented, [...(successors.get(presented) ?? []), tokens]);
  }
  for (const [presented, all] of successors) {
    if (differing(all) > 1) report('a refresh token has two successors', `${all.length} answers`);
    if (isUnspent(evidence.refresh.get(presented))) {
      report('a refresh token has two successors', 'it has one, and can be used again');
    }
  }
}

function auditRevoked(chain: Chain, evidence: Evidence, report: Report): void {
  for (const { access, refresh } of answersOf(chain)) {
    if (evidence.access.get(access)?.opens) {
      report('a revoked grant is alive', 'its access token opens the API');
    }
    if (evidence.endings.get(refresh) === 200) {
      report('a revoked grant is alive', 'its refresh token gives tokens');
    }
  }
}

function auditKept(chain: Chain, evidence: Evidence, report: Report, now: number): void {
  const answers = answersOf(chain);
  for (const { access, refresh, at } of answers) {
    if (now - at > lifetimeSeconds) continue;
    const token = evidence.access.get(access);
    if (!token?.stored) report('a token is not known to the store', 'an access token');
    else if (!token.opens) report('a token is not known to the store', 'the API refuses it');
    if (!evidence.refresh.get(refresh)?.stored) {
      report('a token is not known to the store', 'a refresh token');
    }
  }
  const last = answers.at(-1)?.refresh;
  const ending = last === undefined ? 200 : evidence.endings.get(last);
  if (ending !== 200) {
    report('an honest client was logged out', `its last refresh token came to ${ending}`);
  }
}

function isUnspent(record: Stored | undefined): boolean {
  return record?.stored === true && !record.consumed;
}

function differing(answers: readonly Tokens[]): number {
  return new Set(answers.map(({ refresh }) => refresh)).size;
}

/** Tells how many clients, codes and tokens an audit has looked at. */
export function sizeOf({ families }: Pick<Journal, 'families'>): string {
  const chains = families.flatMap((family: Family) => family.chains);
  const fates = (fate: Family['fate']): number =>
    families.filter((family) => family.fate === fate).length;
  const tokens = chains.reduce((sum, chain) => sum + answersOf(chain).length, 0);
  return `${families.length} grants (${fates('kept')} kept, ${fates('revoked')} revoked, ${fates('doubtful')} doubtful), ${chains.length} codes, ${tokens} answers with tokens`;
}
