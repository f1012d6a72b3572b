import { lookup as systemLookup } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { parseUrl } from './app/parse-url.js';
import { type AddressRules, createAddressRule, isClosedHost } from './public-address.js';

/** A request to an address that somebody else has named. */
export interface OutboundRequest {
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, the look-up of the name and the last byte included. @default 10 */
  readonly timeoutSeconds?: number;
  /** What the body of the answer may have at most. @default 65536 */
  readonly mostBytes?: number;
  /** The status is all that counts: the body is not read, and `text` is empty. @default false */
  readonly statusOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** What came back, whatever its status. */
export interface OutboundAnswer {
  readonly status: number;
  /** By lower-case name; one that came twice is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, as UTF-8. */
  readonly text: string;
}

/** Fetches from an address that somebody else has named. */
export type GuardedFetch = (url: string, request?: OutboundRequest) => Promise<OutboundAnswer>;

/** Why nothing came back. The message holds no URL: those of others may carry secrets. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  /** `address`: it is not a public one. */
  readonly reason: 'url' | 'address' | 'time' | 'size' | 'network';

  constructor(reason: OutboundError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What the guard goes by. The last two are for tests. */
export interface GuardedFetchParts extends AddressRules {
  readonly lookup?: LookupFunction;
  readonly ca?: string;
}

const mostHeaderBytes = 16_384;

/**
 * A fetch for URLs that clients and other strangers register.
 *
 * Threat: server-side request forgery. Such a URL may name a machine behind our firewall, or a name that resolves to a public address
 * when it is checked and to another one when it is used. So the address is checked that is connected to, twice: as it is resolved for
 * that very connection, and as the connection has it. No redirect is followed, no cookie kept, no connection used again, and no
 * proxy asked; the time and the size of the whole are bounded.
 */
export function createGuardedFetch(parts: GuardedFetchParts): GuardedFetch {
  const mayConnect = createAddressRule(parts);
  const { lookup = systemLookup as LookupFunction, ca } = parts;

  function checkUrl(text: string): { readonly url: URL; readonly protocol: 'http:' | 'https:' } {
    const url = parseUrl(text);
    const { protocol, username, password } = url ?? {};
    const isOpen = protocol === 'https:' || (protocol === 'http:' && parts.allowLoopback);
    if (!url || !isOpen || username !== '' || password !== '') {
      throw new OutboundError('url', 'the URL is not an https: URL without a user name');
    }
    // A literal is not looked up.
    if (isClosedHost(url, mayConnect)) throw closedAddress();
    return { url, protocol };
  }

  function guardedLookup(protocol: 'http:' | 'https:'): LookupFunction {
    return (hostname, options, callback) => {
      lookup(hostname, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, []);
        const addresses = Array.isArray(found) ? found : [];
        const [first] = addresses;
        // One that is closed among others is an attempt, or a mistake that somebody should hear of.
        if (!first || addresses.some(({ address }) => !mayConnect(address, protocol))) {
          return callback(closedAddress(), []);
        }
        if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    };
  }

  return async (text, { method = 'GET', headers = {}, body, ...request } = {}) => {
    const { timeoutSeconds = 10, mostBytes = 65_536, statusOnly = false, signal } = request;
    const { url, protocol } = checkUrl(text);
    return new Promise((resolve, reject) => {
      const sent = (protocol === 'https:' ? https : http).request(url, {
        method,
        headers: {
          'user-agent': 'gatehouse',
          'accept-encoding': 'identity',
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
        agent: false,
        lookup: guardedLookup(protocol),
        maxHeaderSize: mostHeaderBytes,
        ...(ca === undefined ? {} : { ca }),
      });
      const fail = (error: OutboundError): void => {
        reject(error);
        sent.destroy();
      };
      const late = (): void => fail(new OutboundError('time', 'there was no answer in time'));
      const timer = setTimeout(late, timeoutSeconds * 1000);
      signal?.addEventListener('abort', late);
      if (signal?.aborted) late();
      let answered = false;
      sent.once('socket', (socket: Socket) => {
        socket.once('connect', () => {
          if (!mayConnect(socket.remoteAddress ?? '', protocol)) fail(closedAddress());
        });
      });
      sent.once('response', (answer) => {
        answered = true;
        if (statusOnly) {
          resolve(answerOf(answer, ''));
          sent.destroy();
          return;
        }
        read(answer, mostBytes)
          .then((body) => resolve(answerOf(answer, body)))
          .catch((error: unknown) => fail(asOutbound(error)));
      });
      sent.once('error', (error) => fail(asOutbound(error)));
      sent.once('close', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', late);
        if (!answered) reject(new OutboundError('network', 'the connection was closed'));
      });
      sent.end(body);
    });
  };
}

async function read(answer: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length > mostBytes) {
      throw new OutboundError('size', `the answer has more than ${mostBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, text: string): OutboundAnswer {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { status: statusCode, headers: Object.fromEntries(texts), text };
}

function closedAddress(): OutboundError {
  return new OutboundError('address', 'the address is not a public one');
}

// What Node says may hold the address.
function asOutbound(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  const { code } = error as { code?: unknown };
  return new OutboundError('network', `the connection failed (${String(code ?? 'no code')})`);
}
