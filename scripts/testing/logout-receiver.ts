import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt, type JWTPayload } from 'jose';

/** A logout token as it came in. */
export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
  readonly token: string;
  readonly claims: JWTPayload;
}

/** Clients that are told of logouts. */
export interface LogoutReceiver {
  readonly origin: string;
  /** All that came, in order. */
  readonly received: Received[];
  /** Statuses of the next answers, then 200 again; a text is where it redirects to, and 0 never comes. */
  answers: (number | string)[];
  /** What each answer has as its body. */
  page: string;
  /** Waits for so many tokens, 12 seconds if nothing else is said. */
  wait(count: number, milliseconds?: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** Starts one on this machine. */
export async function startReceiver(port = 0): Promise<LogoutReceiver> {
  const received: Received[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const token = form.get('logout_token') ?? '';
    const { url: path = '', method = '', headers } = req;
    received.push({ path, method, headers, form, token, claims: decodeJwt(token) });
    const answer = receiver.answers.shift() ?? 200;
    if (typeof answer === 'string') res.writeHead(302, { location: answer }).end();
    else if (answer !== 0) res.writeHead(answer).end(receiver.page);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const receiver: LogoutReceiver = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers: [],
    page: '',
    async wait(count, milliseconds = 12_000) {
      for (let waited = 0; received.length < count; waited += 20) {
        if (waited > milliseconds)
          throw new Error(`${received.length} of ${count} logout tokens came`);
        await delay(20);
      }
      return received;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
