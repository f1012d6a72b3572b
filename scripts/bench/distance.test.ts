import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { putAway } from './distance.js';

/** A server that answers what it is told, and a way to it that takes longer. */
async function echoAway(milliseconds: number) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const away = await putAway(`postgres://somebody@127.0.0.1:${port}/records`, milliseconds);
  const client = connect(Number(new URL(away.uri).port), '127.0.0.1');
  await once(client, 'connect');
  return {
    away,
    client,
    async close() {
      client.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
      await away.close();
    },
  };
}

describe('a database that was put away', () => {
  it('has the same address but for host and port', async () => {
    const { away, close } = await echoAway(1);
    await close();
    expect(away.uri).toMatch(/^postgres:\/\/somebody@127\.0\.0\.1:\d+\/records$/);
  });

  it('answers later, once for each round trip, and loses and mixes up nothing', async () => {
    const { client, close } = await echoAway(20);
    try {
      const received: Buffer[] = [];
      client.on('data', (chunk: Buffer) => received.push(chunk));
      const sent = Array.from({ length: 50 }, (_, n) => Buffer.from(`${n};`.repeat(100)));
      const started = performance.now();
      for (const chunk of sent) client.write(chunk);
      const all = Buffer.concat(sent);
      while (Buffer.concat(received).length < all.length) await once(client, 'data');
      expect(performance.now() - started).toBeGreaterThanOrEqual(19);
      expect(Buffer.concat(received).equals(all)).toBe(true);
    } finally {
      await close();
    }
  });

  it('is reached alone, without the addresses that a replica set names', async () => {
    const away = await putAway('mongodb://127.0.0.1:1/records?replicaSet=test', 1);
    await away.close();
    const { searchParams, pathname } = new URL(away.uri);
    expect([
      pathname,
      searchParams.get('directConnection'),
      searchParams.has('replicaSet'),
    ]).toEqual(['/records', 'true', false]);
  });

  it('cannot have several hosts', async () => {
    await expect(putAway('mongodb://one,two:1/records', 1)).rejects.toThrow('one host');
  });
});
