/** Tokens of one answer. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  /** Epoch second of the answer. */
  readonly at: number;
}

/** What came of one code: a chain of refresh tokens. */
export interface Chain {
  readonly code: string;
  /** Every answer that gave tokens for the code. */
  readonly redeemed: Tokens[];
  /** Every answer that gave tokens for a refresh token, with what was presented. */
  readonly refreshed: { readonly presented: string; readonly tokens: Tokens }[];
}

/** What one client has of one browser session, as the client itself noted it. */
export interface Family {
  readonly clientId: string;
  readonly person: string;
  readonly chains: Chain[];
  /**
   * `revoked`: a revocation was acknowledged. `doubtful`: the server may have ended it all, since a code was sent twice
   * (RFC 6749 §4.1.2) or a revocation got no answer.
   */
  fate: 'kept' | 'revoked' | 'doubtful';
  /** What was refused although the client did nothing wrong. */
  readonly refusals: string[];
}

/** The clients' own records of a run. */
export interface Journal {
  readonly families: Family[];
  readonly counts: {
    logins: number;
    redeems: number;
    refreshes: number;
    revocations: number;
    /** Requests that were sent again after no answer or a 503. */
    retries: number;
    /** Pages on the way to a code that were neither the login nor a 503, e.g. of a tab that was left behind: it began anew. */
    detours: number;
    /** Codes whose answer was lost: the client took another one. */
    codesLost: number;
    /** Codes that were spent although the answer was 503: the database held the commit, and nobody could know. */
    codesSpentUnseen: number;
  };
}

/** Makes an empty journal. */
export function createJournal(): Journal {
  return {
    families: [],
    counts: {
      logins: 0,
      redeems: 0,
      refreshes: 0,
      revocations: 0,
      retries: 0,
      detours: 0,
      codesLost: 0,
      codesSpentUnseen: 0,
    },
  };
}

/** Every answer with tokens of a chain, in order. */
export function answersOf({ redeemed, refreshed }: Chain): readonly Tokens[] {
  return [...redeemed, ...refreshed.map(({ tokens }) => tokens)];
}
