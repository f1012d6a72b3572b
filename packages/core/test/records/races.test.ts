import { startHost, type TestHost } from '../host.js';
import { introspect, openApi, until } from '../machine-client.js';
import { type Answer, logIn, redeem, refresh, takeCode } from '../oauth-client.js';
import { slowStores } from '../slow-stores.js';

const parallel = 50;
const hosts: TestHost[] = [];
// Each has connections of its own, of which a database gives out so many.
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

function times<Result>(count: number, task: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, task));
}

/** The one that won; all others have to be `invalid_grant`. */
function onlyWinner(answers: readonly Answer[]): Answer['body'] {
  const [won, ...more] = answers.filter(({ status }) => status === 200);
  expect(more).toEqual([]);
  const lost = answers.filter(({ status }) => status !== 200);
  expect(lost).toHaveLength(answers.length - 1);
  for (const { status, body, headers } of lost) {
    const error_description = 'grant request is invalid';
    expect([status, body]).toEqual([400, { error: 'invalid_grant', error_description }]);
    expect(headers.get('cache-control')).toBe('no-store');
  }
  return won?.body ?? {};
}

describe.each(slowStores)('on %s', (_name, makeStore) => {
  async function slowHost(options: Parameters<typeof startHost>[0] = {}): Promise<TestHost> {
    const host = await startHost({ store: makeStore(), ...options });
    hosts.push(host);
    return host;
  }

  describe('50 redemptions of one code at once', () => {
    it.each([
      ['JWT', 'notes:read'],
      ['opaque', 'ledger:read'],
    ])(
      'give exactly one 200, with an access token (%s) that dies with the family',
      async (format, scope) => {
        const host = await slowHost();
        const { code, verifier } = await takeCode(host, 'web', { params: { scope } });
        const won = onlyWinner(await times(parallel, () => redeem(host, 'web', code, verifier)));

        const token = String(won.access_token);
        expect((await refresh(host, 'web', String(won.refresh_token))).body.error).toBe(
          'invalid_grant',
        );
        expect((await introspect(host, token)).body).toEqual({ active: false });
        const path = format === 'JWT' ? '/api/notes' : '/api/ledger';
        const dead = await until(
          () => openApi(host, path, token),
          ({ status }) => status === 401,
          format === 'JWT' ? 2000 : 0,
        );
        expect(dead.status).toBe(401);
      },
    );
  });

  describe('50 refreshes with one token at once', () => {
    it('give 50 equal answers within the default window, and the family lives', async () => {
      const host = await slowHost();
      const { refresh_token } = await logIn(host, 'spa');
      const answers = await times(parallel, () => refresh(host, 'spa', refresh_token));
      expect(answers.map(({ status }) => status)).toEqual(Array(parallel).fill(200));
      for (const { body } of answers) expect(body).toEqual(answers[0]?.body);

      const successor = String(answers[0]?.body.refresh_token);
      expect((await refresh(host, 'spa', successor)).status).toBe(200);
      // The successor was used: now it is theft.
      expect((await refresh(host, 'spa', refresh_token)).body.error).toBe('invalid_grant');
      expect((await refresh(host, 'spa', successor)).body.error).toBe('invalid_grant');
    });

    it('give exactly one 200 without a window, and the family ends', async () => {
      const host = await slowHost({ refreshToken: { replayWindowSeconds: 0 } });
      const { refresh_token } = await logIn(host, 'spa');
      const won = onlyWinner(await times(parallel, () => refresh(host, 'spa', refresh_token)));
      const last = await refresh(host, 'spa', String(won.refresh_token));
      expect(last.body.error).toBe('invalid_grant');
    });

    it('never hand the kept answer to those that ask for another scope', async () => {
      const host = await slowHost();
      const params = { scope: 'notes:read notes:write' };
      const { refresh_token } = await logIn(host, 'spa', { params });
      const scopes = ['notes:read', 'notes:write'];
      const answers = await Promise.all(
        Array.from({ length: parallel }, (_, index) => {
          const scope = scopes[index % 2] as string;
          return refresh(host, 'spa', refresh_token, { scope }).then((answer) => ({
            scope,
            answer,
          }));
        }),
      );
      const won = answers.filter(({ answer }) => answer.status === 200);
      expect(won.length).toBeGreaterThan(0);
      for (const { scope, answer } of won) {
        expect(answer.body).toEqual(won[0]?.answer.body);
        expect(scope).toBe(won[0]?.scope);
      }
      for (const { answer } of answers) {
        if (answer.status !== 200) expect(answer.body.error).toBe('invalid_grant');
      }
    });
  });

  describe('a code and what comes of it', () => {
    it('leave nothing alive when a replay races with the refresh of the winner', async () => {
      const host = await slowHost();
      const { code, verifier } = await takeCode(host, 'spa');
      const { body: tokens } = await redeem(host, 'spa', code, verifier);
      const [replay, ...refreshes] = await Promise.all([
        redeem(host, 'spa', code, verifier),
        ...Array.from({ length: 10 }, () => refresh(host, 'spa', String(tokens.refresh_token))),
      ]);
      expect(replay?.status).toBe(400);
      for (const { status, body } of refreshes) {
        if (status !== 200) expect(body.error).toBe('invalid_grant');
        else expect((await refresh(host, 'spa', String(body.refresh_token))).status).toBe(400);
      }
    });
  });
});
