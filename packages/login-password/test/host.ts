import type { IncomingMessage } from 'node:http';
import type {
  FormFields,
  InteractionView,
  LimitDefinition,
  Limiter,
  LoginMethod,
  LoginReply,
  OptionProblem,
  Plugin,
  Runtime,
  Slots,
  Store,
} from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { lateRuntime } from '../../core/src/late-runtime.js';
import { createSecrets } from '../../core/src/secrets.js';
import type { Hasher } from '../src/argon2-hasher.js';
import type { Passwords } from '../src/index.js';
import { passwordKeyKind } from '../src/identifier-key.js';
import { passwordPlaceKind } from '../src/known-places.js';
import { passwordKind } from '../src/passwords.js';

export const secret = 'first-secret-of-the-password-tests';

/** A clock that a test moves. */
export interface TestClock {
  now(): number;
  forward(seconds: number): void;
}

export function testClock(): TestClock {
  let now = 1_800_000_000;
  return {
    now: () => now,
    forward(seconds) {
      now += seconds;
    },
  };
}

export async function openStore(): Promise<Store> {
  const store = memoryStore();
  await store.open([passwordKind, passwordKeyKind, passwordPlaceKind]);
  return store;
}

/** A runtime on a memory store, with accounts that a test can deactivate. */
export async function testRuntime(
  options: { secrets?: readonly string[]; store?: Store; clock?: TestClock } = {},
): Promise<Runtime & { store: Store; clock: TestClock; deactivated: Set<string> }> {
  const { secrets = [secret], clock = testClock() } = options;
  const store = options.store ?? (await openStore());
  const derived = createSecrets(secrets);
  const deactivated = new Set<string>();
  const find = async (accountId: string): Promise<{ id: string } | undefined> =>
    deactivated.has(accountId) ? undefined : { id: accountId };
  return {
    ...lateRuntime(() => undefined),
    issuer: 'https://acme.example/auth',
    store,
    clock,
    deactivated,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    accounts: {
      find,
      findLoggedIn: find,
      idOf: (account) => (account as { id: string }).id,
      view: (account) => {
        const { id } = account as { id: string };
        return { accountId: id, label: id };
      },
      isLoginValid: async () => true,
    },
    fetch: async () => {
      throw new Error('nothing is fetched here');
    },
    emit() {},
    sign: derived.sign,
    verify: derived.verify,
    seal: (label, text) => derived.seal(label, text),
    open: (label, sealed) => derived.open(label, sealed),
  };
}

/** A hasher that counts its work and costs nothing. */
export function countingHasher(): Hasher & { work: string[] } {
  const work: string[] = [];
  return {
    work,
    dummy: 'hash of nothing',
    async hash(password) {
      work.push('hash');
      return `hash of ${password}`;
    },
    async verify(stored, password) {
      work.push('verify');
      return stored === `hash of ${password}`;
    },
    isOutdated: () => false,
  };
}

/** A limiter in this process: a window that starts at the first point, and a block once there are more points than allowed. */
export function testLimiter(
  { points, durationSeconds, blockSeconds }: LimitDefinition,
  clock: TestClock,
): Limiter {
  const counts = new Map<string, { used: number; until: number }>();
  const current = (key: string): { used: number; until: number } => {
    const count = counts.get(key);
    return count && count.until > clock.now()
      ? count
      : { used: 0, until: clock.now() + durationSeconds };
  };
  const verdict = ({ used, until }: { used: number; until: number }) => ({
    allowed: used <= points,
    retryAfterSeconds: Math.max(1, until - clock.now()),
    remaining: Math.max(0, points - used),
  });
  return {
    peek: async (key) => verdict(current(key)),
    async consume(key) {
      const { used, until } = current(key);
      const over = used === points && blockSeconds !== undefined;
      const count = { used: used + 1, until: over ? clock.now() + blockSeconds : until };
      counts.set(key, count);
      return verdict(count);
    },
    async refund(key) {
      const { used, until } = current(key);
      if (used > 0) counts.set(key, { used: used - 1, until });
    },
    async reset(key) {
      counts.delete(key);
    },
  };
}

/** What a plugin put into its slots. */
export interface Installed {
  readonly method: LoginMethod;
  readonly kinds: string[];
  readonly limits: string[];
  readonly problems: readonly OptionProblem[];
  readonly passwords?: Passwords;
  attempt(identifier: string, password: string, address?: string): Promise<LoginReply>;
}

/** Sets a plugin up as the kernel does. */
export function install(plugin: Plugin<never>, runtime: Runtime & { clock: TestClock }): Installed {
  let method: LoginMethod | undefined;
  let passwords: Passwords | undefined;
  const [kinds, limits, problems]: [string[], string[], OptionProblem[]] = [[], [], []];
  plugin.setup(
    {
      loginMethod: (given: LoginMethod) => {
        method = given;
      },
      kind: ({ kind }: { kind: string }) => void kinds.push(kind),
      limit: (definition: LimitDefinition) => {
        limits.push(definition.name);
        return testLimiter(definition, runtime.clock);
      },
      check: (check: () => OptionProblem[]) => void problems.push(...check()),
      extend: (_name: string, api: object) => {
        passwords = api as Passwords;
      },
    } as unknown as Slots<never>,
    runtime,
  );
  if (!method) throw new Error('no login method');
  const { submit } = method;
  return {
    method,
    kinds,
    limits,
    problems,
    ...(passwords ? { passwords } : {}),
    attempt: (identifier, password, address = '192.0.2.1') =>
      submit(interaction(address), form({ identifier, password })),
  };
}

export function form(fields: Record<string, string>): FormFields {
  return new Map(Object.entries(fields));
}

export function interaction(
  address = '192.0.2.1',
  params: Record<string, string> = {},
): InteractionView {
  return {
    uid: 'u1',
    startedAt: 1_800_000_000,
    step: 'login',
    reasons: ['no_session'],
    client: { client_id: 'web', firstParty: true, confidential: true, source: 'static' },
    params,
    requested: {},
    scopeTexts: {},
    resourceNames: {},
    destination: {
      redirectUri: 'https://app.example/cb',
      display: 'app.example',
      kind: 'https',
    },
    url: 'https://acme.example/auth/interaction/u1',
    address,
    otherAccounts: async () => [],
    req: {} as IncomingMessage,
  };
}
