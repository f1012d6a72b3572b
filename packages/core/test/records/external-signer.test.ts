import { decodeProtectedHeader } from 'jose';
import { startHost, type TestHost } from '../host.js';
import { introspect, openApi } from '../machine-client.js';
import { type Answer, call, logIn, redeem, refresh, takeCode } from '../oauth-client.js';
import { type SignerProcess, startSigner } from '../start-signer.js';

let signer: SignerProcess;
let host: TestHost;
beforeAll(async () => {
  signer = await startSigner();
  host = await startHost({ keys: { signer: signer.signer } });
});
afterAll(async () => {
  await host?.close();
  await signer?.stop();
});

const machine = { grant_type: 'client_credentials', scope: 'notes:read' };

function expectUnavailable({ status, headers, body }: Answer): void {
  expect([status, body]).toEqual([
    503,
    { error: 'temporarily_unavailable', error_description: 'the server cannot sign, try again' },
  ]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(headers.get('cache-control')).toBe('no-store');
}

describe('a signer in another process', () => {
  it('signs with its first key what guard and introspection accept', async () => {
    const { access_token } = await logIn(host, 'web');
    expect(decodeProtectedHeader(access_token)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: 'kms-1',
    });
    expect((await openApi(host, '/api/notes', access_token)).status).toBe(200);
    expect((await introspect(host, access_token)).body.active).toBe(true);
  });

  it('has all of its keys published, and shown to the host', async () => {
    const { keys } = (await (await fetch(`${host.origin}${host.mount}/jwks`)).json()) as {
      keys: object[];
    };
    expect(keys).toEqual(
      signer.signer.jwks.keys.map((key) => ({ ...key, use: 'sig', alg: 'ES256' })),
    );
    expect(await host.auth.keys.list()).toEqual([
      { kid: 'kms-1', alg: 'ES256', state: 'active' },
      { kid: 'kms-2', alg: 'ES256', state: 'retired' },
    ]);
  });

  it('that fails makes a 503, and spends nothing', async () => {
    const { code, verifier } = await takeCode(host, 'web');
    const tokens = await logIn(host, 'web');
    await signer.tell('fail');
    expectUnavailable(await redeem(host, 'web', code, verifier));
    expectUnavailable(await refresh(host, 'web', tokens.refresh_token));
    expectUnavailable(await call(host, '/token', 'machine', machine));
    const failed = host.log.find(({ message }) => message === 'signing.failed');
    expect(failed).toMatchObject({ level: 'warn', context: { route: 'token' } });
    expect(failed?.context).toHaveProperty('detail', expect.stringContaining('arn:secret'));
    await signer.tell('work');
    expect((await redeem(host, 'web', code, verifier)).status).toBe(200);
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(200);
  });

  it('that hangs makes a 503 within five seconds, and spends nothing', async () => {
    const { code, verifier } = await takeCode(host, 'web');
    const tokens = await logIn(host, 'web');
    signer.pause();
    try {
      const started = performance.now();
      const answers = await Promise.all([
        redeem(host, 'web', code, verifier),
        refresh(host, 'web', tokens.refresh_token),
        call(host, '/token', 'machine', machine),
      ]);
      expect(performance.now() - started).toBeLessThan(5000);
      for (const answer of answers) expectUnavailable(answer);
      // What needs no signature goes on.
      const ledger = await call(host, '/token', 'machine', { ...machine, scope: 'ledger:read' });
      expect(ledger.status).toBe(200);
    } finally {
      signer.resume();
    }
    expect((await redeem(host, 'web', code, verifier)).status).toBe(200);
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(200);
  });
});
