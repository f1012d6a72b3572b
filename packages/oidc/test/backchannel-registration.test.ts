import { type ClientOptions, ConfigurationError } from '@gatehouse/core';
import type { HostOptions } from '../../core/test/host.js';
import { signedClients, startProvider } from './provider.js';

describe('the registration of backchannel_logout_uri', () => {
  const problemsOf = async (
    members: Partial<ClientOptions>,
    options: HostOptions = {},
  ): Promise<readonly string[]> => {
    const [web = { client_id: 'web' }] = signedClients;
    const started = startProvider({ clients: [{ ...web, ...members }], ...options });
    const error = await started.then(
      (running) => running.close(),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ConfigurationError)) return [];
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  };

  it.each([
    ['http://rp.test/out', 'must be an https: URL'],
    ['https://rp.test/out#x', 'must not have a fragment'],
    ['https://user:pw@rp.test/', 'must be an https: URL'],
    ['javascript:alert(1)', 'must be an https: URL'],
    ['not a url', 'must be an https: URL'],
    ['http://127.0.0.1:4000/out', 'leads to "127.0.0.1:4000"'],
    ['http://localhost:4000/out', 'leads to "localhost:4000"'],
    ['https://10.0.0.1/out', 'leads to "10.0.0.1"'],
    ['https://169.254.169.254/latest', 'leads to "169.254.169.254"'],
    ['https://[::1]/', 'leads to "[::1]"'],
  ])('refuses %s [bcl-2.2-uri]', async (backchannel_logout_uri, message) => {
    const problems = await problemsOf({ backchannel_logout_uri });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`clients[0].backchannel_logout_uri: ${message}`);
  });

  it('takes a private address in a network that is allowed, which production refuses unless waived', async () => {
    const backchannel_logout_uri = 'https://10.20.0.1/out';
    const outbound = { allowNetworks: ['10.20.0.0/16'] };
    expect(await problemsOf({ backchannel_logout_uri }, { outbound })).toEqual([]);
  });

  it('refuses the same of a client that is made or changed while the server runs', async () => {
    const shut = await startProvider();
    const client = { redirect_uris: ['https://web.test/cb'], scope: 'openid' };
    const { client_id } = await shut.auth.clients.create(client);
    for (const backchannel_logout_uri of [
      'http://127.0.0.1:4000/',
      'https://169.254.169.254/latest',
      'https://0x7f.1/',
      'http://rp.test/',
    ]) {
      const members = { backchannel_logout_uri };
      for (const change of [
        () => shut.auth.clients.create({ ...client, ...members }),
        () => shut.auth.clients.update(client_id, members),
      ]) {
        await expect(change()).rejects.toMatchObject({ code: 'ERR_OPTIONS_INVALID' });
      }
    }
    await shut.close();
  });

  it('refuses what is no URL at all, and a requirement that is none', async () => {
    const hostile = [{}, [], 1, null, '\0', 'x'.repeat(1_000_000)];
    for (const value of hostile) {
      const problems = await problemsOf({ backchannel_logout_uri: value as string });
      expect(problems[0]).toContain('backchannel_logout_uri: must be');
    }
    const required = { backchannel_logout_session_required: 'yes' as never };
    expect(await problemsOf(required)).toHaveLength(1);
  });
});
