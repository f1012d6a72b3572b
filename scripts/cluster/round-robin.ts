import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A socket whose connections go to several servers in turn. */
export interface RoundRobin {
  readonly port: number;
  add(port: number): void;
  /** Gives it no new connections; those that it has go on. */
  remove(port: number): void;
  /** Ends the connections that there are. */
  cut(): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. A server that refuses a connection is passed over. */
export async function roundRobin(): Promise<RoundRobin> {
  const targets: number[] = [];
  const sockets = new Set<Socket>();
  let turn = 0;

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  }

  function forward(client: Socket, tries: number): void {
    turn += 1;
    const port = targets[turn % Math.max(1, targets.length)];
    if (port === undefined || tries === 0) {
      client.destroy();
      return;
    }
    const server = connect(port, '127.0.0.1');
    track(server);
    const refused = (): void => forward(client, tries - 1);
    server.once('error', refused);
    server.once('connect', () => {
      server.off('error', refused);
      server.on('error', () => client.destroy());
      client.on('error', () => server.destroy());
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
      client.pipe(server).pipe(client);
    });
  }

  const listener = createServer((client) => {
    track(client);
    // Until the other side stands, a client that goes away is nobody's loss.
    client.on('error', () => {});
    forward(client, 2 * targets.length);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    add: (port) => void targets.push(port),
    remove(port) {
      const index = targets.indexOf(port);
      if (index >= 0) targets.splice(index, 1);
    },
    async close() {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
}
