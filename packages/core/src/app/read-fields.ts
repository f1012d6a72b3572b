import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';

/** The body of a POST as single strings, and as text for the engine. */
export interface Fields {
  /** Fields that came once, as a string. A repeated or structured field is not there. */
  readonly fields: ReadonlyMap<string, string>;
  /** The same body as urlencoded text, repeated fields included. */
  readonly text: string;
  readonly isJson: boolean;
}

/** Why a body cannot be used. */
export type BodyFault =
  | 'too_large'
  | 'too_many_fields'
  | 'unsupported_type'
  | 'malformed'
  | 'already_read';

const limitBytes = 64 * 1024;
const mostFields = 1000;

type WithBody = IncomingMessage & { body?: unknown };

/**
 * Reads a form, whether or not the host's own parser has read it before: `express.json()` and `express.urlencoded()` may stand
 * in either order.
 *
 * Threat: a body of megabytes, a field that is an object where a string is expected, a parser of the host's that makes objects
 * of `a[b]=c`. What is not a string is dropped, so that the check for a missing field answers. And a form so long that a parser leaves
 * its end out: a parameter that comes again there would pass, although RFC 6749 §3.1 and §3.2 say to refuse it.
 */
export async function readFields(req: IncomingMessage): Promise<Fields | BodyFault> {
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isJson = type === 'application/json';
  if (!isJson && type !== 'application/x-www-form-urlencoded' && type !== '') {
    return 'unsupported_type';
  }
  if (req.readableEnded || req.destroyed) {
    const { body } = req as WithBody;
    // Something else has read it and kept nothing: nobody can read it again.
    if (body === undefined) return 'already_read';
    // The host's own parser, of text, bytes or fields.
    if (typeof body === 'string') return fromText(body, isJson);
    if (Buffer.isBuffer(body)) return fromText(body.toString('utf8'), isJson);
    return fromObject(body, isJson);
  }
  const read = await readText(req);
  return typeof read === 'string' ? read : fromText(read.text, isJson);
}

function fromText(text: string, isJson: boolean): Fields | BodyFault {
  if (!isJson) {
    // Counted as the engine's parser counts, which stops there: what is empty is one too.
    if (text.split('&', mostFields + 1).length > mostFields) return 'too_many_fields';
    return fromObject(parse(text, '&', '=', { maxKeys: 0 }), false, text);
  }
  try {
    return fromObject(JSON.parse(text) as unknown, true);
  } catch {
    return 'malformed';
  }
}

function fromObject(value: unknown, isJson: boolean, original?: string): Fields | BodyFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'malformed';
  const fields = new Map<string, string>();
  const text = new URLSearchParams();
  let count = 0;
  for (const [name, given] of Object.entries(value)) {
    count += Array.isArray(given) ? given.length : 1;
    if (typeof given === 'string') fields.set(name, given);
    for (const one of repeated(given)) text.append(name, one);
  }
  if (count > mostFields) return 'too_many_fields';
  return { fields, text: original ?? text.toString(), isJson };
}

// A field that came twice is a list of two. A list of one was written `name[]`, which is another name.
function repeated(given: unknown): string[] {
  if (typeof given === 'string') return [given];
  if (!Array.isArray(given) || given.length < 2) return [];
  return given.filter((one) => typeof one === 'string');
}

function readText(req: IncomingMessage): Promise<{ readonly text: string } | BodyFault> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // Who hangs up in the middle gets no answer, and is no failure of the server's.
    req.on('error', () => resolve('malformed'));
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else {
        // The rest is read and dropped, so that the caller gets the answer and not a broken connection.
        chunks.length = 0;
        resolve('too_large');
      }
    });
    req.on('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8') }));
  });
}
