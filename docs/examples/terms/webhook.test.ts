import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { definePlugin } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { consentScreen } from '@gatehouse/consent';
import { startHost } from '../../../packages/core/test/host.js';
import { tellAcceptance } from './webhook.js';

it('calls the URL until it answers', async () => {
  const bodies: string[] = [];
  const server = createServer(async (req, res) => {
    for await (const chunk of req) bodies.push(String(chunk));
    res.writeHead(bodies.length === 1 ? 503 : 204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let tell: ReturnType<typeof tellAcceptance> | undefined;
  const webhook = definePlugin({
    name: 'webhook',
    setup(slots, runtime) {
      tell = tellAcceptance(slots, runtime, url);
    },
  });
  const login = passwordLogin({ verify: ({ identifier }) => identifier });
  const plugins = [login, consentScreen(), webhook];
  const host = await startHost({ plugins, outbound: { allowLoopback: true } });
  await tell?.('ada', '2');
  for (let waited = 0; bodies.length < 2 && waited < 15_000; waited += 50) await delay(50);
  const [first, second] = bodies.map((body) => JSON.parse(body) as object);
  expect(first).toMatchObject({ accountId: 'ada', version: '2' });
  expect(second).toEqual(first);
  await host.close();
  server.close();
});
