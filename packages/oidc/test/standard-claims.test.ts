import { decodeJwt } from 'jose';
import type { TestHost } from '../../core/test/host.js';
import { logIn } from '../../core/test/oauth-client.js';
import { address, fullClaims, fullScope, profile } from './full-claims.js';
import { clients, startProvider, userinfo } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider({
    openid: { claims: fullClaims, scopes: {} },
    clients: clients.slice(0, 1).map((web) => ({ ...web, scope: fullScope })),
  });
});
afterAll(() => host.close());

/** What userinfo and the ID token say for a scope. */
async function told(
  asked: string,
  claims?: object,
): Promise<{ info: Record<string, unknown>; idToken: Record<string, unknown> }> {
  const params = { scope: asked, ...(claims && { claims: JSON.stringify(claims) }) };
  const { access_token, id_token = '' } = await logIn(host, 'web', { params });
  return { info: (await userinfo(host, access_token)).body, idToken: decodeJwt(id_token) };
}

describe('the claims of a scope', () => {
  it.each<[string, object]>([
    [
      'profile [core-5.4-profile, core-5.1-types, core-5.2-language]',
      { ...profile, 'family_name#de': 'von Byron' },
    ],
    ['email [core-5.4-email]', { email: 'ada@people.test', email_verified: true }],
    ['address [core-5.4-address, core-5.1.1-object]', { address }],
    ['phone [core-5.4-phone, core-5.3.2-omitted]', { phone_number: '+44 20 7946 0000' }],
  ])('%s are told at userinfo, and not in the ID token [core-5.4-place]', async (name, claims) => {
    const [asked = ''] = name.split(' ');
    const { info, idToken } = await told(`openid ${asked}`);
    expect(info).toEqual({ sub: 'ada', ...claims });
    for (const claim of Object.keys(claims)) expect(idToken).not.toHaveProperty(claim);
  });

  it('are told together, and none but sub for openid alone [core-5.4-all, core-5.4-none, core-5.3.2-sub]', async () => {
    const { info } = await told(fullScope);
    expect(Object.keys(info)).toEqual(
      expect.arrayContaining(['name', 'email', 'address', 'phone_number']),
    );
    expect((await told('openid')).info).toEqual({ sub: 'ada' });
  });
});

describe('single claims', () => {
  it('that are essential and that nobody has are no error [core-5.5.1-essential-missing]', async () => {
    const asked = { middle_name: { essential: true }, phone_number_verified: { essential: true } };
    const { info, idToken } = await told('openid', { userinfo: asked, id_token: asked });
    expect(info).toEqual({ sub: 'ada' });
    for (const claim of Object.keys(asked)) expect(idToken).not.toHaveProperty(claim);
  });

  it('with a value that is not theirs are told as they are, or not at all [core-5.5.1-value]', async () => {
    const { info } = await told('openid', {
      userinfo: { locale: { value: 'fr' }, gender: { values: ['male', 'female'] } },
    });
    expect(['en-GB', undefined]).toContain(info.locale);
    expect(info.gender).toBe('female');
  });

  it('are told beside those of a scope [core-5.5-beside-scope]', async () => {
    const { info } = await told('openid email', { userinfo: { given_name: null } });
    expect(info).toEqual({
      sub: 'ada',
      email: 'ada@people.test',
      email_verified: true,
      given_name: 'Ada',
    });
  });

  it('are plain values: none is aggregated or distributed [core-5.6-normal]', async () => {
    const { info } = await told(fullScope);
    expect(info).not.toHaveProperty('_claim_names');
    expect(info).not.toHaveProperty('_claim_sources');
  });
});
