import { browserAgent } from '../browser-agent.js';
import { api, startHost, type TestHost } from '../host.js';
import { answerOf, start } from '../interaction-page.js';
import { call } from '../oauth-client.js';

let host: TestHost;
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host.close());

/** The details of the refusals, and that they are on one line and short. */
function detailsOf(event: string): string[] {
  const found = host.log.filter(({ message }) => message === event);
  const details = found.map(({ context }) => (context as { detail?: string }).detail ?? 'none');
  for (const detail of details) {
    expect(detail.length).toBeLessThan(330);
    expect(detail).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
  }
  return details;
}

async function refusedWith(params: Record<string, string>): Promise<Record<string, string>> {
  return answerOf(await start(host, browserAgent(host.origin), 'web', params));
}

describe('the log of a refused authorization request', () => {
  it('names a scope that is not known, and the one that was meant; the client hears neither', async () => {
    const answer = await refusedWith({ scope: 'notes:read notes:raed' });
    expect(answer).toMatchObject({
      error: 'invalid_scope',
      error_description: 'a requested scope is not known here',
    });
    expect(detailsOf('authorization.refused')).toEqual([
      'no resource and no plugin declares the scope "notes:raed". Did you mean "notes:read"?',
    ]);
  });

  it('names a resource that is not known', async () => {
    await refusedWith({ resource: `${api}/` });
    await refusedWith({ resource: 'https://me:hunter2@other.test/api' });
    expect(detailsOf('authorization.refused')).toEqual([
      `no resource is known by the name "${api}/". Did you mean "${api}"?`,
      'no resource is known by the name of 33 characters',
    ]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['PKCE is missing', { code_challenge: '', code_challenge_method: '' }, /PKCE/],
    ['the method of PKCE is plain', { code_challenge_method: 'plain' }, /code_challenge_method/],
    ['the client may not have the scope', { scope: 'ledger:read openid' }, /openid/],
    ['the response type is not there', { response_type: 'token' }, /response_type/],
  ])('says that %s', async (_title, params, words) => {
    expect(await refusedWith(params)).not.toHaveProperty('code');
    expect(detailsOf('authorization.refused')).toEqual([expect.stringMatching(words)]);
  });

  it.each([
    'x'.repeat(3000),
    '\u202enotes:read\u2028',
    '__proto__',
    'a\u0000b',
    '<script>alert(1)</script>',
    'a"b\\c',
    '$(id)',
  ])('is one short line whatever is asked for: %j', async (scope) => {
    expect(await refusedWith({ scope })).toHaveProperty('error');
    expect(detailsOf('authorization.refused')).toHaveLength(1);
    expect(detailsOf('authorization.refused')).not.toEqual(['none']);
  });
});

describe('the log of a refused token request', () => {
  it('names the scope too', async () => {
    const { body } = await call(host, '/token', 'machine', {
      grant_type: 'client_credentials',
      scope: 'notes:raed',
    });
    expect(body.error_description).toBe('a requested scope is not known here');
    expect(detailsOf('token.refused')).toEqual([expect.stringContaining('"notes:raed"')]);
  });

  it('never has what stood in the wrong field', async () => {
    const secret = 'hunter2-hunter2-hunter2';
    const fields = { grant_type: 'authorization_code', code: secret, code_verifier: secret };
    await call(host, '/token', 'web', { ...fields, redirect_uri: `https://${secret}.test` });
    await call(host, '/token', 'web', { grant_type: 'refresh_token', refresh_token: secret });
    await call(host, '/token', 'web', { grant_type: secret });
    expect(detailsOf('token.refused')).toHaveLength(3);
    expect(JSON.stringify(host.log)).not.toContain(secret);
  });
});
