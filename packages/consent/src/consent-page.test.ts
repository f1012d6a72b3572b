import type { InteractionView } from '@gatehouse/core';
import { renderPage } from '../../core/src/interaction/render-page.js';
import { client, interaction } from '../test/fixtures.js';
import { consentData } from './consent-data.js';
import { consentPage } from './consent-page.js';

const options = {
  isVerified: ({ source }: { source: string }) => source === 'static',
  fixedScopes: new Set(['openid']),
};

function render(change: Partial<InteractionView> = {}): string {
  return renderPage({
    definition: consentPage,
    data: consentData(interaction(change), options),
    context: {
      theme: { name: 'Acme' },
      nonce: 'n',
      lang: 'en',
      form: { action: 'https://acme.example/auth/interaction/u1', csrf: 'c1' },
    },
  });
}

const textOf = (page: string): string =>
  page
    .replace(/<(style|svg).*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the consent page', () => {
  it('names client, account, scopes by API, and where the browser goes', () => {
    const text = textOf(render());
    expect(text).toContain('Acme Notes wants to use your Acme account');
    expect(text).toContain('notes.example');
    expect(text).toContain('Signed in as ada@example.com Use another account');
    expect(text).toContain('Acme API Read your notes Change your notes');
    expect(text).toContain('You will be returned to app.example .');
    expect(text).toContain('privacy policy and terms of service');
    expect(text).toMatch(/Allow\s+Cancel/);
  });

  it('ticks what can be unticked, and posts one field for each scope', () => {
    const page = render();
    const boxes = page.match(/<input type="checkbox"[^>]*>/g);
    expect(boxes).toHaveLength(3);
    for (const box of boxes ?? []) expect(box).toMatch(/name="scope:[a-z:]+" checked/);
    expect(page).toContain('Know who you are');
    expect(page).not.toContain('scope:openid');
  });

  it('lets Enter allow, and keeps the other account in a form of its own', () => {
    const forms = render().match(/<form.*?<\/form>/gs) ?? [];
    expect(forms.map((form) => form.match(/<button.*?value="(\w+)"/s)?.[1])).toEqual([
      'switch',
      'allow',
    ]);
    for (const form of forms) {
      expect(form).toContain('name="csrf" value="c1"');
      expect(form).toContain('name="step" value="consent"');
    }
  });

  it.each([
    ['loopback', '127.0.0.1', 'an app on this device. Go on only if you started'],
    ['private-use', 'com.acme.notes', 'an app on this device ( com.acme.notes )'],
    ['http', 'old.example', 'that others on the network can read'],
  ] as const)('warns about a %s destination', (kind, display, words) => {
    const page = render({ destination: { redirectUri: 'x:/', display, kind } });
    expect(page).toContain('class="warning"');
    expect(textOf(page)).toContain(words);
  });

  it('warns about a name that nobody vouches for', () => {
    expect(textOf(render({ client: { ...client, source: 'stored' } }))).toContain(
      'chose this name itself, and Acme has not checked who is behind it',
    );
    expect(render()).not.toContain('class="warning"');
  });

  it('is one question when all was answered before', () => {
    const page = render({ client: { ...client, firstParty: true } });
    expect(textOf(page)).toContain('Continue to Acme Notes ?');
    expect(page).toContain('value="continue"');
    expect(page).not.toMatch(/<fieldset|value="allow"|Read your notes/);
  });

  it.each([
    ['markup', '<script>alert(1)</script>"><img src=x onerror=alert(1)>'],
    ['text that turns its direction', 'Acme\u202Egro.kcatta\u202C'],
    ['ten kilobytes', 'W'.repeat(10_240)],
  ])('stays whole with names of %s', (_what, name) => {
    const page = render({
      client: { ...client, client_name: name, logo_uri: `https://x.example/${name}` },
      account: { accountId: 'a1', label: name },
      destination: { redirectUri: 'x:/', display: name, kind: 'private-use' },
    });
    expect(page).not.toMatch(/<script|<img src=x|\u202E/);
    expect(textOf(page)).not.toMatch(/W{81}/);
    expect(page.match(/<form/g)).toHaveLength(2);
  });
});
