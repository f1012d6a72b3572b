import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

// What was built, from the source of a test too.
const program = join(
  import.meta.dirname.replace(/scripts\/bench$/, 'scripts/dist/bench'),
  'distance-worker.js',
);

/** What stands between a server and a database that is further away than it is. */
export interface Distance {
  readonly host: string;
  readonly port: number;
  /** Added to each round trip. */
  readonly milliseconds: number;
}

/** The same database at another address, from where each round trip takes longer. */
export async function putAway(
  uri: string,
  milliseconds: number,
): Promise<{ readonly uri: string; close(): Promise<void> }> {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (!url?.port || url.hostname.includes(',')) {
    throw new Error('only a database of one host, with its port, can be put further away');
  }
  const workerData: Distance = { host: url.hostname, port: Number(url.port), milliseconds };
  // A thread of its own: what keeps the load busy must not add to the time.
  const worker = new Worker(program, { workerData });
  const [port] = (await once(worker, 'message')) as [number];
  url.hostname = '127.0.0.1';
  url.port = String(port);
  if (url.protocol === 'mongodb:') {
    // Else the driver asks the server for its address, and goes there.
    url.searchParams.delete('replicaSet');
    url.searchParams.set('directConnection', 'true');
  }
  return {
    uri: url.href,
    async close() {
      await worker.terminate();
    },
  };
}
