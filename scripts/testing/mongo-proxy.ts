import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of a command on its way to the server. */
export type Fate =
  /** It arrives, and the connection ends before its answer. */
  | 'answer lost'
  /** The connection ends before it arrives. */
  | 'command lost'
  /** It waits, for ever. */
  | 'held'
  /** It waits for something. */
  | { readonly until: Promise<unknown> }
  /** It does not arrive, and is answered with this error code. */
  | { readonly code: number };

/** A TCP proxy in front of a server of MongoDB's wire protocol, on 127.0.0.1. */
export interface MongoProxy {
  readonly uri: string;
  /** Decides about the next command of that name, after `skip` others; resolves when it has come. */
  meet(command: string, fate: Fate, skip?: number): Promise<void>;
  /** Answers every command of those names with an error code, until what it returns is called. */
  refuse(commands: readonly string[], code: number): () => void;
  /** Holds back all bytes, in both directions. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

interface Trap {
  readonly command: string;
  readonly fate: Fate;
  skip: number;
  readonly sprung: () => void;
}

/** Starts a proxy to the server at a URI of one host. */
export async function startMongoProxy(uri: string): Promise<MongoProxy> {
  const { hostname, port, pathname } = new URL(uri);
  const traps = new Set<Trap>();
  const refusals = new Map<readonly string[], number>();
  const sockets = new Set<Socket>();
  let frozen = false;

  function fateOf(command: string): Fate | undefined {
    for (const [commands, code] of refusals) if (commands.includes(command)) return { code };
    for (const trap of traps) {
      if (trap.command !== command) continue;
      if (trap.skip > 0) {
        trap.skip -= 1;
        continue;
      }
      traps.delete(trap);
      trap.sprung();
      return trap.fate;
    }
    return undefined;
  }

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let doomed = false;
    const end = (): void => {
      for (const socket of [client, upstream]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('error', end);
      socket.on('close', end);
      if (frozen) socket.pause();
    }
    client.on(
      'data',
      framesOf((frame) => {
        const fate = fateOf(commandOf(frame));
        if (fate === 'held') return;
        if (fate === 'command lost') return end();
        if (typeof fate === 'object') {
          if ('code' in fate) client.write(refusalOf(frame, fate.code));
          else fate.until.then(() => upstream.write(frame), end);
          return;
        }
        if (fate === 'answer lost') doomed = true;
        upstream.write(frame);
      }),
    );
    upstream.on('data', (bytes) => (doomed ? end() : client.write(bytes)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return {
    // A member of a replica set would name itself, past the proxy.
    uri: `mongodb://127.0.0.1:${address.port}${pathname}?directConnection=true`,
    meet: (command, fate, skip = 0) =>
      new Promise((resolve) => traps.add({ command, fate, skip, sprung: resolve })),
    refuse(commands, code) {
      refusals.set(commands, code);
      return () => void refusals.delete(commands);
    },
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Cuts a stream of bytes into messages, each of which begins with its length. */
function framesOf(take: (frame: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      take(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

// OP_MSG: header, flags, sections. The name of a command is the first name in the section of kind 0.
function commandOf(frame: Buffer): string {
  if (frame.readInt32LE(12) !== 2013) return '';
  let at = 20;
  while (frame[at] === 1) at += 1 + frame.readInt32LE(at + 1);
  const name = at + 1 + 4 + 1;
  return frame.toString('utf8', name, frame.indexOf(0, name));
}

function refusalOf(frame: Buffer, code: number): Buffer {
  const int = (value: number): Buffer => Buffer.from(Int32Array.of(value).buffer);
  const ok = Buffer.concat([Buffer.from('\u0001ok\0'), Buffer.alloc(8)]);
  const fields = Buffer.concat([ok, Buffer.from('\u0010code\0'), int(code), Buffer.alloc(1)]);
  const document = Buffer.concat([int(fields.length + 4), fields]);
  const body = Buffer.concat([int(0), int(frame.readInt32LE(4)), int(2013), int(0), document]);
  const message = Buffer.concat([body.subarray(0, 16), Buffer.alloc(1), document]);
  return Buffer.concat([int(message.length + 4), message]);
}
