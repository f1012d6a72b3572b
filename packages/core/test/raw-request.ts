import { request } from 'node:http';

/** A reply as it came: header names in lower case, each with all its values. */
export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** What {@link rawRequest} sends. */
export interface RawRequestOptions {
  readonly method?: string;
  /** The request target, sent as it is: `/path`, an absolute URL, `*`. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** Sends what `fetch` would not: any Host, any request target. */
export function rawRequest(origin: string, options: RawRequestOptions): Promise<RawReply> {
  const { hostname, port } = new URL(origin);
  const { method = 'GET', target, headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path: target, headers: { ...headers } },
      (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => {
          text += chunk;
        });
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
