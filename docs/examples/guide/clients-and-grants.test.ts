import { memoryStore } from '@gatehouse/store-memory';
import express from 'express';
import { browserAgent, pkce } from '../../../packages/core/test/browser-agent.js';
// First: the modules below read their settings when they are loaded.
import './test-environment.js';
import { createClientDesk, createSupportDesk } from './clients-and-grants.js';
import { type Listening, listen } from './listen.js';
import { createServer, type Server, type User } from './server.js';

const publicOrigin = 'https://acme.example';
const issuer = `${publicOrigin}/auth`;
const ada: User = { id: 'ada', email: 'ada@acme.example', active: true };
const redirectUri = 'https://new.partner.example/callback';

let auth: Server;
let app: Listening;
beforeEach(async () => {
  const users = {
    find: async (id: string) => (id === 'ada' ? ada : undefined),
    check: async () => ada,
  };
  auth = await createServer(users, { ...memoryStore(), durable: true });
  app = await listen(express().use(auth.routes()));
});
afterEach(async () => {
  await app.close();
  await auth.close();
});

async function token(
  clientId: string,
  secret: string,
  fields: Record<string, string>,
): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(`${app.origin}/auth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function logIn(
  clientId: string,
  secret: string,
  agent = browserAgent(app.origin, publicOrigin),
) {
  const { challenge, verifier } = pkce();
  const query = new URLSearchParams({
    ...{
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'notes:read',
    },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  });
  let page = await agent.follow(`${issuer}/authorize?${query}`);
  if (page.text.includes('Welcome back')) {
    page = await agent.submit(page, { identifier: ada.email, password: 'correct horse' });
  }
  if (page.location === undefined) page = await agent.submit(page, { decision: 'allow' });
  const code = new URL(page.location ?? 'none:').searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
  const { body } = await token(clientId, secret, { ...fields, code_verifier: verifier });
  return { agent, refresh_token: body.refresh_token ?? '' };
}

describe('clients as data', () => {
  it('are made, changed, listed and removed while the server runs', async () => {
    const desk = createClientDesk(auth);
    const { client_id, client_secret = '' } = await desk.addPartner('New Partner', redirectUri);
    expect(await desk.allClients()).toEqual(
      expect.arrayContaining(['web (static)', `${client_id} (stored)`]),
    );
    await desk.allowWriting(client_id);
    expect((await auth.clients.get(client_id))?.scope).toBe('notes:read notes:write');
    await expect(desk.allowWriting('web')).rejects.toThrow('ERR_USAGE');
    const { refresh_token } = await logIn(client_id, client_secret);
    await desk.endPartner(client_id);
    const refused = await token(client_id, client_secret, {
      grant_type: 'refresh_token',
      refresh_token,
    });
    expect(refused.body.error).toBe('invalid_client');
  });

  it('have overlapping secrets, until one leaks', async () => {
    const desk = createClientDesk(auth);
    const { client_id, client_secret: first = '' } = await desk.addPartner('Partner', redirectUri);
    const works = async (secret: string): Promise<boolean> => {
      const { body } = await token(client_id, secret, {
        grant_type: 'refresh_token',
        refresh_token: 'x',
      });
      return body.error !== 'invalid_client';
    };
    const second = await desk.newSecret(client_id);
    expect([await works(first), await works(second)]).toEqual([true, true]);
    const third = await desk.secretLeaked(client_id);
    expect([await works(first), await works(second), await works(third)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('grants as data', () => {
  it('are one for each browser, end one by one, and all together with the consent', async () => {
    const { client_id, client_secret: secret = '' } = await createClientDesk(auth).addPartner(
      'Partner',
      redirectUri,
    );
    const support = createSupportDesk(auth);
    const laptop = await logIn(client_id, secret);
    await logIn(client_id, secret);
    const devices = await support.devicesOf('ada', client_id);
    expect(devices).toHaveLength(2);
    await support.signOutDevice(devices[0]?.grantId ?? '');
    expect(await support.devicesOf('ada', client_id)).toHaveLength(1);
    const page = await laptop.agent.get(`${issuer}/apps`);
    expect(page.text).toContain('Partner');
    await support.disconnect('ada', client_id);
    expect(await support.devicesOf('ada', client_id)).toEqual([]);
    expect((await laptop.agent.get(`${issuer}/apps`)).text).toContain('No app is connected');
  });
});
