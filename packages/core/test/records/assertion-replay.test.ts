import {
  assertion,
  assertionClaims,
  robotAssertion,
  type RobotHost,
  sendAsserted,
  startRobot,
} from '../assertion.js';
import { takeCode } from '../oauth-client.js';
import { slowStores } from '../slow-stores.js';

let host: RobotHost;
beforeEach(async () => {
  host = await startRobot();
});
afterEach(() => host.close());

const machine = { grant_type: 'client_credentials', scope: 'notes:read' };

function present(
  client_assertion: string,
  fields: Record<string, string> = machine,
): ReturnType<typeof sendAsserted> {
  return sendAsserted(host, '/token', client_assertion, fields);
}

/** A refresh token of the client `robot`. */
async function refreshTokenOf(on: RobotHost): Promise<string> {
  const { code, verifier } = await takeCode(on, 'robot', { params: { redirect_uri: '' } });
  const { body } = await sendAsserted(on, '/token', await robotAssertion(on), {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
  });
  return String(body.refresh_token);
}

describe('the jti of an assertion', () => {
  it('is accepted once, at whichever endpoint', async () => {
    const used = await robotAssertion(host);
    expect((await present(used)).status).toBe(200);
    for (const path of ['/token', '/introspect', '/revoke']) {
      const { status, body, headers } = await sendAsserted(host, path, used, {
        ...machine,
        token: 'x',
      });
      expect([status, body.error]).toEqual([401, 'invalid_client']);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).not.toHaveProperty('access_token');
    }
  });

  it('is used up by a request that fails for another reason', async () => {
    const used = await robotAssertion(host);
    expect((await present(used, { ...machine, scope: 'nothing' })).status).toBe(400);
    expect((await present(used)).status).toBe(401);
  });

  it('may be the same for two clients', async () => {
    const jti = 'the-same';
    expect(
      (await present(await assertion(host.key, assertionClaims(host, 'robot', { jti })))).status,
    ).toBe(200);
    expect(
      (await present(await assertion(host.key, assertionClaims(host, 'other', { jti })))).status,
    ).toBe(200);
  });

  it.each(slowStores)(
    'is accepted once when 20 present it at the same time, on %s',
    async (_name, makeStore) => {
      const slow = await startRobot({ store: makeStore() });
      try {
        const used = await robotAssertion(slow);
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) => {
            const scope = index % 2 === 0 ? 'notes:read' : 'ledger:read';
            return sendAsserted(slow, '/token', used, { ...machine, scope });
          }),
        );
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        const lost = answers.filter(({ status }) => status !== 200);
        // Failures are counted, so that late ones may be told to wait.
        for (const { status, body } of lost) {
          const refused = [401, 'invalid_client'];
          const limited = [429, 'temporarily_unavailable'];
          expect([refused, limited]).toContainEqual([status, body.error]);
          expect(body).not.toHaveProperty('access_token');
        }
      } finally {
        await slow.close();
      }
    },
  );

  it('is used up by a repeated refresh: the kept answer is not for whoever recorded the request', async () => {
    const make = (): Promise<string> => robotAssertion(host);
    const refresh_token = await refreshTokenOf(host);
    const form = { grant_type: 'refresh_token', refresh_token };
    const first = await present(await make(), form);
    expect(first.status).toBe(200);

    const recorded = await make();
    expect((await present(recorded, form)).body).toEqual(first.body);
    const replayed = await present(recorded, form);
    expect([replayed.status, replayed.body.error]).toEqual([401, 'invalid_client']);
    expect((await present(await make(), form)).body).toEqual(first.body);
  });

  it.each(slowStores)(
    'is used up by each of 20 refreshes at once, which get equal answers, on %s',
    async (_name, makeStore) => {
      const slow = await startRobot({ store: makeStore() });
      try {
        const form = { grant_type: 'refresh_token', refresh_token: await refreshTokenOf(slow) };
        const used = await Promise.all(Array.from({ length: 20 }, () => robotAssertion(slow)));
        const answers = await Promise.all(
          used.map((one) => sendAsserted(slow, '/token', one, form)),
        );
        for (const { status, body } of answers) {
          expect([status, body]).toEqual([200, answers[0]?.body]);
        }
        for (const one of used.slice(0, 9)) {
          expect((await sendAsserted(slow, '/token', one, form)).status).toBe(401);
        }
      } finally {
        await slow.close();
      }
    },
  );
});
