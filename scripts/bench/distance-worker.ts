import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Distance } from './distance.js';

const { host, port, milliseconds } = workerData as Distance;

const listener = createServer({ noDelay: true }, (near) => {
  const far = connect({ host, port, noDelay: true });
  // All of a round trip's time is spent on the way there.
  carry(near, far, (task) => void setTimeout(task, milliseconds));
  carry(far, near, (task) => task());
});

listener.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((listener.address() as AddressInfo).port);
});

// Timers of one length end in the order in which they were started.
function carry(from: Socket, to: Socket, later: (task: () => void) => void): void {
  from.on('data', (chunk: Buffer) => later(() => void (to.writable && to.write(chunk))));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => later(() => to.destroy()));
}
