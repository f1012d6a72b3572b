import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens already, and knows its address: the issuer needs it before the app can be made. */
export interface Listening {
  readonly server: Server;
  readonly origin: string;
}

/** Listens on a port of this machine, on a free one when it is taken. */
export async function listen(port: number): Promise<Listening> {
  const server = createServer();
  try {
    await once(server.listen(port, 'localhost'), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    console.log(`Port ${port} is taken, so here is a free one.`);
    await once(server.listen(0, 'localhost'), 'listening');
  }
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}
