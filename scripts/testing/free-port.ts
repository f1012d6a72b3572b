import { createServer } from 'node:net';

let next = Math.floor(Math.random() * 1_000);

/** A port of localhost that is free, and so is the next one. */
export async function freePort(): Promise<number> {
  // Below the ports that systems hand out by themselves, and different in each worker of Jest: nothing takes it between the look
  // and the use.
  const first = 20_000 + 2_000 * (Number(process.env.JEST_WORKER_ID ?? 0) % 5);
  for (;;) {
    const port = first + 2 * (next % 1_000);
    next += 1;
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
