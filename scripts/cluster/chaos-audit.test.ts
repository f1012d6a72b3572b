import { auditChaos, type Evidence, type Violation } from './chaos-audit.js';
import { createJournal, type Family, type Journal } from './chaos-journal.js';

const now = 1_800_000_000;

type Mutable<Value> =
  Value extends ReadonlyMap<infer Key, infer Item>
    ? Map<Key, Mutable<Item>>
    : { -readonly [Member in keyof Value]: Value[Member] };

interface Run {
  readonly journal: Journal;
  readonly family: Family;
  readonly evidence: { readonly [Member in keyof Evidence]: Mutable<Evidence[Member]> };
}

/** One code that was redeemed, and one refresh whose answer came twice: nothing is wrong. */
function cleanRun(): Run {
  const journal = createJournal();
  const first = { access: 'a1', refresh: 'r1', at: now };
  const second = { access: 'a2', refresh: 'r2', at: now };
  const family: Family = {
    clientId: 'spa',
    person: 'ada',
    chains: [
      {
        code: 'c1',
        redeemed: [first],
        refreshed: [
          { presented: 'r1', tokens: second },
          { presented: 'r1', tokens: second },
        ],
      },
    ],
    fate: 'kept',
    refusals: [],
  };
  journal.families.push(family);
  const fresh = { stored: true, consumed: false };
  const used = { stored: true, consumed: true };
  const evidence = {
    codes: new Map([['c1', { ...used }]]),
    access: new Map([
      ['a1', { ...fresh, opens: true }],
      ['a2', { ...fresh, opens: true }],
    ]),
    refresh: new Map([
      ['r1', { ...used }],
      ['r2', { ...fresh }],
    ]),
    endings: new Map([['r2', 200]]),
    heads: new Map([['g1', { unused: 1, codes: 1 }]]),
  };
  return { journal, family, evidence };
}

const other = { access: 'a3', refresh: 'r3', at: now };

const planted: readonly (readonly [string, Violation, (run: Run) => unknown])[] = [
  [
    'a second answer to a code',
    'a code was redeemed twice',
    ({ family }) => family.chains[0]?.redeemed.push(other),
  ],
  [
    'a second answer to a code that a stranger sent too',
    'a code was redeemed twice',
    ({ family }) => {
      family.fate = 'doubtful';
      family.chains[0]?.redeemed.push(other);
    },
  ],
  [
    'a code that gave tokens and is not used up',
    'a code was redeemed twice',
    ({ evidence }) => evidence.codes.set('c1', { stored: true, consumed: false }),
  ],
  [
    'one code for two requests',
    'a code was redeemed twice',
    ({ journal, family }) => journal.families.push({ ...family, person: 'bob' }),
  ],
  [
    'another answer to the same refresh token',
    'a refresh token has two successors',
    ({ family }) => family.chains[0]?.refreshed.push({ presented: 'r1', tokens: other }),
  ],
  [
    'a refresh token that has a successor and is not used up',
    'a refresh token has two successors',
    ({ evidence }) => evidence.refresh.set('r1', { stored: true, consumed: false }),
  ],
  [
    'a successor that nobody was told of',
    'a refresh token has two successors',
    ({ evidence }) => evidence.heads.set('g1', { unused: 2, codes: 1 }),
  ],
  [
    'an access token that is not stored',
    'a token is not known to the store',
    ({ evidence }) => evidence.access.set('a1', { stored: false, consumed: false, opens: false }),
  ],
  [
    'an access token that the API refuses',
    'a token is not known to the store',
    ({ evidence }) => evidence.access.set('a1', { stored: true, consumed: false, opens: false }),
  ],
  [
    'a refresh token that is not stored',
    'a token is not known to the store',
    ({ evidence }) => evidence.refresh.delete('r2'),
  ],
  [
    'an access token that outlives a revocation',
    'a revoked grant is alive',
    ({ family, evidence }) => {
      family.fate = 'revoked';
      evidence.endings.set('r2', 400);
    },
  ],
  [
    'a refresh token that outlives a revocation',
    'a revoked grant is alive',
    ({ family, evidence }) => {
      family.fate = 'revoked';
      evidence.access.clear();
    },
  ],
  [
    'a last refresh token that is refused',
    'an honest client was logged out',
    ({ evidence }) => evidence.endings.set('r2', 400),
  ],
  [
    'a refusal on the way',
    'an honest client was logged out',
    ({ family }) => family.refusals.push('refresh: 400 invalid_grant'),
  ],
];

describe('the audit of records', () => {
  it('finds nothing in a clean run', () => {
    const { journal, evidence } = cleanRun();
    expect(auditChaos(journal, evidence, now)).toEqual([]);
  });

  it.each(planted)('finds %s', (_name, violation, plant) => {
    const run = cleanRun();
    plant(run);
    const findings = auditChaos(run.journal, run.evidence, now);
    expect(findings.map((one) => one.violation)).toContain(violation);
  });

  it('says nothing of a token that has expired, nor of a client whose code was sent twice', () => {
    const expired = cleanRun();
    expired.evidence.access.clear();
    expect(auditChaos(expired.journal, expired.evidence, now + 3600)).toEqual([]);
    const doubtful = cleanRun();
    doubtful.family.fate = 'doubtful';
    doubtful.evidence.access.clear();
    doubtful.evidence.endings.set('r2', 400);
    expect(auditChaos(doubtful.journal, doubtful.evidence, now)).toEqual([]);
  });
});
