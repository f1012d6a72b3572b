import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { describeOnRedis } from './redis.js';
import { findRedis } from './start-redis.js';

/** The answer to one command, as it comes over the wire. */
async function ask(uri: string, command: string): Promise<string> {
  const socket = connect(Number(new URL(uri).port), '127.0.0.1');
  await once(socket, 'connect');
  try {
    socket.write(`${command}\r\n`);
    const [answer] = await once(socket, 'data', { signal: AbortSignal.timeout(5_000) });
    return String(answer);
  } finally {
    socket.destroy();
  }
}

test('takes REDIS_URI first, then a redis-server in the path, and nothing where there is none', () => {
  expect(findRedis({ REDIS_URI: 'redis://db.example', PATH: '' })).toEqual({
    uri: 'redis://db.example',
  });
  expect(findRedis({ PATH: '' })).toBeUndefined();
});

describeOnRedis(
  'startRedis',
  (redis) => {
    test('keeps what it acknowledged through a kill when asked to, listens on this machine alone, and leaves nothing behind', async () => {
      const server = redis();
      const folder = /(\/\S+)/.exec(await ask(server.uri, 'CONFIG GET dir'))?.[1] ?? '';
      expect(existsSync(folder)).toBe(true);
      expect(await ask(server.uri, 'CONFIG GET bind')).toContain('\r\n127.0.0.1\r\n');
      expect(await ask(server.uri, 'SET kept 1')).toBe('+OK\r\n');
      server.pause();
      const waiting = ask(server.uri, 'GET kept');
      server.resume();
      expect(await waiting).toBe('$1\r\n1\r\n');
      await server.kill();
      await expect(ask(server.uri, 'GET kept')).rejects.toThrow('ECONNREFUSED');
      await server.restart();
      expect(await ask(server.uri, 'GET kept')).toBe('$1\r\n1\r\n');
      await server.stop();
      expect(existsSync(folder)).toBe(false);
      await expect(ask(server.uri, 'GET kept')).rejects.toThrow('ECONNREFUSED');
    }, 60_000);
  },
  { own: true, onDisk: true },
);
