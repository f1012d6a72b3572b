import { accountClaims, api, now } from '../test/issuer.js';
import { guardOf } from '../test/knowing-guard.js';

describe('introspected tokens', () => {
  const answer = (): Record<string, unknown> => {
    const { jti, iat, iss, ...claims } = accountClaims();
    return { ...claims, active: true, token_type: 'Bearer' };
  };
  const check = async (result: unknown, options = {}): Promise<string> => {
    const introspect = async (): Promise<never> => result as never;
    return guardOf({ introspect })
      .verify(api, 'opaque', options)
      .then(
        () => 'passed',
        (error) => error.check,
      );
  };

  it('are taken when the answer has what RFC 7662 names and our kind', async () => {
    expect(await check(answer())).toBe('passed');
    expect(
      await check({ ...answer(), sub: undefined, sub_type: 'client' }, { clients: true }),
    ).toBe('passed');
  });

  it.each([undefined, null, {}, { active: 'true' }, { active: 1 }, [], 'active'])(
    'are refused when the answer is %p',
    async (result) => {
      expect(await check(result)).toBe('readable');
    },
  );

  it.each([
    ['type', { token_type: undefined }], // a refresh token
    ['type', { token_type: 'DPoP' }],
    ['issuer', { iss: 'https://evil.example' }],
    ['audience', { aud: undefined }],
    ['audience', { aud: [api, 'https://acme.example/other'] }],
    ['time', { exp: undefined }],
    ['time', { exp: now() - 60 }],
    ['claims', { client_id: undefined }],
    ['claims', { sub: undefined }],
    ['claims', { sub_type: undefined }],
    ['sender constraint', { cnf: { jkt: 'x' } }],
    ['kind', { sub_type: 'client' }],
  ])('are refused by "%s" when the answer has %p', async (name, change) => {
    expect(await check({ ...answer(), ...change })).toBe(name);
  });
});
