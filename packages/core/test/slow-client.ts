import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestHost } from './host.js';
import { useUpTime } from './travel.js';

/** Sends a form in two halves, between which more time passes than a request has for the store. */
export async function sendSlowly(
  host: TestHost,
  path: string,
  fields: Record<string, string>,
): Promise<{ readonly status: number; readonly text: string }> {
  const body = new URLSearchParams(fields).toString();
  const half = body.length >> 1;
  const sent = request(`${host.origin}${host.mount}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    },
  });
  const reply = new Promise<{ status: number; text: string }>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text }));
    });
  });
  sent.write(body.slice(0, half));
  // The server has taken the request in by then.
  await delay(300);
  useUpTime(4500);
  sent.end(body.slice(half));
  return reply;
}
