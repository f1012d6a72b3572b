import { appendFile, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { KindDeclaration, PurgeResult, Store, Write } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';

/** Where a log store keeps its log, and how its processes wait for each other. */
export interface LogStoreOptions {
  readonly path: string;
  /** Only one process at a time can listen on a port, and the port is free again as soon as that process is killed. */
  readonly lockPort: number;
  readonly mistake?: LogStoreMistake;
}

/** What an author of a store for many processes may do wrong. */
export type LogStoreMistake =
  | 'processes do not wait for each other'
  | 'plain writes go first'
  | 'preconditions and plain writes go apart'
  | 'a read sees what this process has seen'
  | 'open begins anew'
  | 'a clock that is fast ends what others still hold';

/** A store for many processes: a log of commits in a file, which each process applies to a memory store of its own. */
export function logStore({ path, lockPort, mistake }: LogStoreOptions): Store {
  const memory = memoryStore();
  let applied = 0;
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  }

  async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
    if (mistake === 'processes do not wait for each other') return work();
    const lock = await lockOf(lockPort);
    try {
      return await work();
    } finally {
      await new Promise((resolve) => lock.close(resolve));
    }
  }

  async function catchUp(): Promise<void> {
    const log = await readFile(path, 'utf8');
    const whole = log.slice(applied, log.lastIndexOf('\n') + 1);
    applied += whole.length;
    for (const line of whole.split('\n')) {
      if (line === '') continue;
      const { writes, now } = JSON.parse(line) as { writes: readonly Write[]; now: number };
      // Only a log with mistakes has commits that conflict.
      await memory.commit(writes, now).catch(() => {});
    }
  }

  async function append(writes: readonly Write[], now: number): Promise<void> {
    if (writes.length === 0) return;
    const line = `${JSON.stringify({ writes, now })}\n`;
    await memory.commit(writes, now);
    await appendFile(path, line);
    applied += line.length;
  }

  const commit = (writes: readonly Write[], now: number): Promise<void> =>
    inTurn(() =>
      locked(async () => {
        await catchUp();
        if (mistake === 'processes do not wait for each other') await delay(1);
        const groups = mistake ? groupsOf(writes, mistake) : [writes];
        for (const [n, group] of groups.entries()) {
          if (n > 0) await delay(2);
          await append(group, now);
        }
      }),
    );

  const read = <Result>(work: () => Promise<Result>): Promise<Result> =>
    inTurn(async () => {
      if (mistake !== 'a read sees what this process has seen' || applied === 0) await catchUp();
      return work();
    });

  async function purge(now: number): Promise<PurgeResult> {
    const { records } = await memory.list('Token', 'all', { now, limit: 1000 });
    const ending = records.filter(({ expiresAt = Infinity }) => expiresAt < now + 600);
    await commit(
      ending.map((remove) => ({ remove })),
      now,
    );
    return { removed: ending.length, more: false };
  }

  return {
    name: 'log',
    durable: true,
    find: (...args) => read(() => memory.find(...args)),
    list: (...args) => read(() => memory.list(...args)),
    commit,
    async open(kinds: readonly KindDeclaration[]) {
      await memory.open(kinds);
      if (mistake === 'open begins anew') await writeFile(path, '');
      else await (await open(path, 'a')).close();
    },
    close: () => inTurn(async () => {}),
    ...(mistake === 'a clock that is fast ends what others still hold' && { purge }),
  };
}

/** Removes a log. */
export function removeLog(path: string): Promise<void> {
  return rm(path, { force: true });
}

function groupsOf(
  writes: readonly Write[],
  mistake: LogStoreMistake,
): readonly (readonly Write[])[] {
  const isPlain = (write: Write): boolean => 'put' in write || 'remove' in write;
  const [plain, required] = [writes.filter(isPlain), writes.filter((write) => !isPlain(write))];
  if (mistake === 'plain writes go first') return [plain, required];
  return mistake === 'preconditions and plain writes go apart' ? [required, plain] : [writes];
}

async function lockOf(port: number): Promise<Server> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listen(port);
    } catch (error) {
      if (tries === 20_000) throw error;
      await delay(1);
    }
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
