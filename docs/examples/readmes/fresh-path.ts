import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that nobody has. */
export function freshPath(): string {
  return join(tmpdir(), `gatehouse-${randomUUID()}.json`);
}
