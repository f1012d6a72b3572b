import { randomInt } from 'node:crypto';
import { type Answer, refresh } from './client.js';
import type { Cluster } from './start-cluster.js';

/** What came of one race: how many won, and what else was wrong. */
export interface Outcome {
  readonly winners: number;
  readonly faults: readonly string[];
}

/** Runs races one after the other, beside other lanes: nothing that happens in one ends what another has. */
interface Lane {
  race(contenders: number): Promise<Outcome>;
  /** What is wrong after its last race. */
  finish?(): Promise<readonly string[]>;
}

/** What is raced for. */
export interface Race {
  readonly name: string;
  openLane(cluster: Cluster, person: string): Promise<Lane> | Lane;
}

/** Does the same so many times at once. */
export function times<Result>(count: number, task: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, task));
}

/** Those that are answered won; all others have to be refused by one status and error code. */
export function outcomeOf(answers: readonly Answer[], status: number, error: string): Outcome {
  const others = answers.filter((answer) => answer.status !== 200);
  const wrong = others.filter((answer) => answer.status !== status || answer.body.error !== error);
  return { winners: answers.length - others.length, faults: wrong.map(show) };
}

/** The same of a code or refresh token; and what the winner has is dead, since the others proved that it leaked. */
export async function familyEnded(
  cluster: Cluster,
  clientId: string,
  answers: readonly Answer[],
): Promise<Outcome> {
  const { winners, faults } = outcomeOf(answers, 400, 'invalid_grant');
  const [won] = answers.filter(({ status }) => status === 200);
  if (!won) return { winners, faults };
  const alive = await refresh(cluster, clientId, String(won.body.refresh_token));
  const dead = alive.status === 400 && alive.body.error === 'invalid_grant';
  return { winners, faults: dead ? faults : [...faults, `after its end: ${show(alive)}`] };
}

/** The families that an account has. */
export async function grantsOf(cluster: Cluster, accountId: string): Promise<readonly unknown[]> {
  const page = await cluster.nodes[0]?.call('grants.list', { accountId });
  return (page as { grants: readonly unknown[] }).grants;
}

/** An address of a private network. */
export function randomAddress(): string {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

/** An answer in a message, without what it hands out. */
export function show({ status, body: { error = '', error_description = '' } }: Answer): string {
  return `${status} ${error} ${error_description}`.trim();
}
