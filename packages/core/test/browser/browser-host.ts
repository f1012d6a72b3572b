import type { ClientOptions } from '@gatehouse/core';
import cors from 'cors';
import helmet from 'helmet';
import type { Page } from 'playwright-core';
import { pkce } from '../browser-agent.js';
import { type HostOptions, startHost, type TestHost } from '../host.js';
import { type ClientApp, startClientApp } from './client-app.js';

/** A host with `helmet()` as it comes, and a client of it on another site. */
export interface BrowserHost {
  readonly host: TestHost;
  readonly app: ClientApp;
  /** An authorization request of a client. */
  url(clientId: string, params?: Record<string, string>): string;
  close(): Promise<void>;
}

export const partnerSecret = 'partner-secret-0123456789-abcdefghijkl';

/** Starts both. The clients: `partner` (of others), `web` (first-party), `spa` (in the browser), `app` (an app's own scheme). */
export async function startBrowserHost(options: HostOptions = {}): Promise<BrowserHost> {
  const app = await startClientApp();
  const redirect_uris = [`${app.origin}/cb`, `${app.origin}/popup`];
  const scope = 'notes:read notes:write';
  const clients: ClientOptions[] = [
    {
      client_id: 'partner',
      client_name: 'Partner',
      client_uri: 'https://partner.test/',
      policy_uri: 'https://partner.test/privacy',
      tos_uri: 'https://partner.test/terms',
      client_secret: partnerSecret,
      redirect_uris,
      scope,
    },
    { client_id: 'web', client_secret: partnerSecret, redirect_uris, scope, firstParty: true },
    { client_id: 'spa', token_endpoint_auth_method: 'none', redirect_uris, scope },
    {
      client_id: 'app',
      client_name: 'Notes for phones',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['com.acme.notes:/cb'],
      scope,
      firstParty: true,
    },
  ];
  // A host that others may call from the browser, as far as it is concerned.
  const before = [helmet(), cors({ origin: true, credentials: true })];
  const host = await startHost({ clients, before, ...options });
  return {
    host,
    app,
    url(clientId, params = {}) {
      const client = clients.find((one) => one.client_id === clientId);
      const query = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: client?.redirect_uris?.[0] ?? '',
        scope: 'notes:read',
        state: 'the-state',
        code_challenge: pkce().challenge,
        code_challenge_method: 'S256',
        ...params,
      });
      return `${host.issuer}/authorize?${query}`;
    },
    async close() {
      await host.close();
      await app.close();
    },
  };
}

/** What a browser complains of while the page is open: violations of a policy, errors of script, failed requests. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

/** Fills the login page as a person does. */
export async function logIn(page: Page, name = 'ada', password = `${name}-pw`): Promise<void> {
  await page.getByLabel('Email or username').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
