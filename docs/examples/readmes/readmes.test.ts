import type { ConsentPageData } from '@gatehouse/consent';
import type { Store } from '@gatehouse/core';
import { storeContractCases } from '@gatehouse/store-contract';
import { memoryStore } from '@gatehouse/store-memory';
import { count, patiently, withoutTransactions } from './contract-variants.js';

const secret = 'Kx7Qm2Wp9Rt4Yb6Nz3Vc8Lf1Hs5Gd0Ja';
const user = { id: 'ada', email: 'ada@acme.example' };
const makeStore = () => memoryStore();

describe('the code of the READMEs of packages', () => {
  beforeAll(() => {
    Object.assign(process.env, { GATEHOUSE_SECRET: secret, JOBS_SECRET: secret });
    import.meta.jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    import.meta.jest.spyOn(console, 'warn').mockReturnValue();
  });
  afterAll(() => import.meta.jest.restoreAllMocks());

  it('starts servers, with passwords of the app and with managed ones', async () => {
    const { auth: consenting } = await import('./consent.js');
    const { auth: plain } = await import('./memory.js');
    const { createServer } = await import('./password-verify.js');
    const { managePasswords } = await import('./password-managed.js');
    const servers = [
      consenting,
      plain,
      await createServer({ check: async () => user }, memoryStore()),
      await managePasswords(user, 'correct horse', 'battery staple'),
    ];
    for (const { issuer } of servers) expect(issuer).toBe('https://acme.example/auth');
    for (const { close } of servers) await close();
  });

  it('draws a consent page', async () => {
    const { pages } = await import('./consent-page.js');
    const form = { action: 'https://acme.example/auth/interaction/u1', csrf: 'c1' };
    const scope = { name: 'notes:read', description: 'Read <all>', checked: true, fixed: false };
    const data = {
      client: { client_id: 'a', name: 'Acme & Co' },
      groups: [{ resource: 'r', name: 'Notes', scopes: [scope] }],
    };
    const page = { theme: { name: 'Acme' }, nonce: 'n', lang: 'en', form };
    const { html } = pages.consent(data as unknown as ConsentPageData, page);
    expect(html).toContain('Acme &#38; Co asks for access');
    expect(html).toContain('name="scope:notes:read" checked> Read &#60;all&#62;');
  });

  it('runs the contract with more time, and on a store without transactions', () => {
    const run: string[] = [];
    const describe = (_name: string, body: () => void): void => body();
    const it = (name: string, _body: () => Promise<void>, milliseconds = 0): void =>
      void run.push(`${name} ${milliseconds}`);
    patiently({ describe, it }, { makeStore });
    expect(run).toEqual(storeContractCases.map((name) => `${name} 60000`));
    run.length = 0;
    withoutTransactions({ describe, it }, { makeStore });
    expect(run).toEqual(storeContractCases.map((name) => `${name} 0`));
  });

  it('counts calls and rounds', async () => {
    const find = async (store: Store): Promise<void> => {
      await store.open?.([{ kind: 'Token', keys: {} }]);
      await Promise.all([1, 2].map((id) => store.find('Token', { id: `${id}` }, 0)));
    };
    // The open, then two finds side by side.
    expect(await count(find)).toEqual([3, 2]);
  });
});
