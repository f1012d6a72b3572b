import request from 'supertest';
import { app } from '../test/api-only.js';
import { introspectingGuard } from '../test/introspecting.js';
import { api, issuer, quiet, resources, sign, signingKey, sourceOf } from '../test/issuer.js';
import { protectFetch } from '../test/other-framework.js';
import { createGuard } from './index.js';

describe('the examples of the README', () => {
  it('protect an API and say where to get tokens', async () => {
    const metadata = '/.well-known/oauth-protected-resource/api';
    const { headers, status } = await request(app).get('/api/notes');
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toContain(
      `resource_metadata="https://acme.example${metadata}"`,
    );
    const { body } = await request(app).get(metadata);
    expect(body.authorization_servers).toEqual([issuer]);
  });

  it('make a guard that introspects', () => {
    const guard = introspectingGuard(issuer, resources, 'a secret of thirty-two characters');
    expect(guard.metadataFor(api).body.resource).toBe(api);
  });

  it('serve the Fetch API', async () => {
    const key = await signingKey();
    const guard = createGuard({ issuer, resources, logger: quiet, source: sourceOf(key) });
    const handler = protectFetch(guard, api);
    const refused = await handler(new Request(api));
    expect([refused.status, await refused.text()]).toEqual([401, '']);
    const headers = { Authorization: `Bearer ${await sign(key)}` };
    const passed = await handler(new Request(api, { headers }));
    expect(await passed.json()).toEqual({ notesOf: 'account-1' });
  });
});
