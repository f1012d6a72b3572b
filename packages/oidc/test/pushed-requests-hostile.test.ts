import { basic, secretOf } from '../../core/test/machine-client.js';
import { signedIn } from './provider.js';
import { pushingSuite } from './push-request.js';

const suite = pushingSuite();
const { pushBare } = suite;

describe('hostile requests', () => {
  const urn = 'urn:ietf:params:oauth:request_uri:';

  it.each([
    'request_uri[]=urn:x',
    'request_uri[urn]=x',
    'request_uri=',
    `request_uri=${urn}%00`,
    `request_uri=${urn}%E0%A4%A`,
    `request_uri=${urn}x&client_id=spa`,
    `request_uri=${urn}../../x`,
    `request_uri=${urn}${urn}x`,
    `REQUEST_URI=${urn}x`,
    `request_uri=${urn}x&request=e30.e30.`,
    `request_uri=${urn}x&response_mode=form_post&response_mode=query`,
    `request_uri=${urn}x&redirect_uri=https://web.test/cb&redirect_uri=https://evil.test`,
    'request=',
    'request[]=x',
    'request=%00&request_uri=%00',
    'request=eyJhbGciOiJFUzI1NiJ9.e30.',
    `request=${'.'.repeat(4000)}`,
    `request=${'eyJ'.repeat(2000)}.x.y`,
    'request=eyJhbGciOnt9fQ.e30.e30',
    'request=bnVsbA.bnVsbA.bnVsbA',
    'gatehouse_max_age=x&request_uri=x',
  ])('to the authorization endpoint: %#', async (query) => {
    const { agent } = await signedIn(suite.host);
    const reply = await agent.follow(`${suite.host.issuer}/authorize?client_id=web&${query}`);
    expect([200, 303, 400]).toContain(reply.status);
    expect(reply.location ?? 'https://web.test/').toMatch(/^https:\/\/web\.test\//);
    expect(reply.location ?? '').not.toContain('code=');
  });

  it.each([
    '',
    '&&&===',
    'client_id[]=web',
    'client_id=__proto__&request=x',
    'client_id=web&client_id=web',
    'client_id=web&request=x&request=y',
    'client_id=web&request[a]=x',
    `client_id=web&request_uri=${urn}x`,
    'client_id=web&scope=%00&response_type=code',
    'client_id=web&response_type[]=code',
    'client_id=web&claims=%7B%22__proto__%22%3A1%7D&response_type=code',
    'client_id=web&client_secret=&request=x',
    'client_id=web&client_assertion=x&request=x',
    'client_assertion=a.b.c&request=a.b.c',
    `client_id=${'w'.repeat(9000)}`,
    'client_id=web&iss=x&exp=1&aud=x&request_object=x',
    'client_id=%E0%A4%A',
  ])('to the endpoint of pushed requests: %#', async (form) => {
    for (const headers of [{}, { authorization: basic('web', secretOf('web')) }]) {
      const { status, body } = await pushBare(form, { headers });
      expect([400, 401]).toContain(status);
      expect(typeof body.error).toBe('string');
      expect(body).not.toHaveProperty('request_uri');
    }
  });

  it('leave no error in the log', () => {
    expect(suite.host.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
