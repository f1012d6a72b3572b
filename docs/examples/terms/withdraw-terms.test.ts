import { definePlugin } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { consentScreen } from '@gatehouse/consent';
import { browserAgent } from '../../../packages/core/test/browser-agent.js';
import { startHost, type TestHost } from '../../../packages/core/test/host.js';
import { logIn } from '../../../packages/core/test/oauth-client.js';
import type { Terms } from './terms-of-service.js';
import { acceptedPage, termsRoutes } from './withdraw-terms.js';

let host: TestHost;
let accepted: Map<string, string>;
beforeEach(async () => {
  accepted = new Map([['ada', '2']]);
  const terms: Terms = {
    acceptedBy: async (accountId) => accepted.get(accountId),
    forget: async (accountId) => void accepted.delete(accountId),
  };
  const routes = definePlugin({
    name: 'withdraw-terms',
    setup(slots, runtime) {
      slots.page(acceptedPage);
      for (const route of termsRoutes(terms, runtime)) slots.routes(route);
    },
  });
  const login = passwordLogin({ verify: ({ identifier }) => identifier });
  host = await startHost({ plugins: [login, consentScreen(), routes] });
});
afterEach(() => host.close());

it('is a page for the signed-in account, whose form alone withdraws', async () => {
  const url = `${host.issuer}/terms`;
  const agent = browserAgent(host.origin);
  expect((await agent.get(url)).status).toBe(401);
  await logIn(host, 'web', { agent });
  const page = await agent.get(url);
  expect(page.text).toContain('Version 2.');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect((await agent.post(url, {})).status).toBe(403);
  expect(accepted.get('ada')).toBe('2');
  expect((await agent.submit(page, {})).text).toContain('None so far.');
});
