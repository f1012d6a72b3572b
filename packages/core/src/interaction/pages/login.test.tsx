import { renderPage } from '../render-page.js';
import { loginPage, type LoginPageData } from './login.js';
import type { FormView } from '../login-method.js';

const client = {
  client_id: 'web',
  client_name: 'Acme Notes',
  firstParty: false,
  confidential: true,
  source: 'static',
} as const;

const form: FormView = {
  fields: [
    {
      name: 'identifier',
      label: 'Email',
      type: 'email',
      autocomplete: 'username',
      inputmode: 'email',
      required: true,
      maxLength: 320,
      value: 'ada@example.com',
    },
    {
      name: 'password',
      label: 'Password',
      type: 'password',
      autocomplete: 'current-password',
      required: true,
      value: 'hunter2',
    },
    { name: 'ticket', label: '', type: 'hidden', value: 't1' },
  ],
  submit: 'Sign in',
  links: [
    { label: 'Forgot it?', url: '/reset' },
    { label: 'Evil', url: 'javascript:alert(1)' },
  ],
};

const password = { name: 'password', label: 'Password', form };
const passkey = {
  name: 'passkey',
  label: 'Passkey',
  form: { fields: [], submit: 'Use a passkey' },
};

function render(data: Partial<LoginPageData> = {}): string {
  return renderPage({
    definition: loginPage,
    data: { client, methods: [password], reasons: [], ...data },
    context: {
      theme: { name: 'Acme' },
      nonce: 'n',
      lang: 'en',
      form: { action: 'https://acme.example/auth/interaction/u1', csrf: 'c1' },
    },
  });
}

describe('the login page', () => {
  it('names the client, and posts each form with its hidden fields', () => {
    const page = render({ methods: [password, passkey] });
    expect(page).toContain('<title>Sign in · Acme</title>');
    expect(page).toContain('to continue to <bdi>Acme Notes</bdi>');
    const forms = page.match(/<form.*?<\/form>/gs) ?? [];
    expect(forms).toHaveLength(3);
    for (const text of forms) {
      expect(text).toMatch(
        /^<form method="post" action="https:\/\/acme\.example\/auth\/interaction\/u1"/,
      );
      expect(text).toContain('<input type="hidden" name="csrf" value="c1"/>');
      expect(text).toContain('<input type="hidden" name="step" value="login"/>');
    }
    expect(forms[0]).toContain('name="method" value="password"');
    expect(forms[1]).toContain('name="method" value="passkey"');
    expect(forms[1]).toContain('aria-label="Passkey"');
    expect(forms[2]).toContain('name="action" value="deny"');
    expect(forms[2]).not.toContain('name="method"');
  });

  it('keeps the name and never writes a password', () => {
    const page = render();
    expect(page).toContain('value="ada@example.com"');
    expect(page).not.toContain('hunter2');
    expect(page).toContain('<input type="hidden" name="ticket" value="t1"/>');
  });

  it('tells browsers what the fields are', () => {
    const page = render();
    expect(page).toContain('<label for="password-identifier">Email</label>');
    const input = /<input id="password-identifier"[^>]*>/.exec(page)?.[0];
    for (const attribute of [
      'type="email"',
      'autocomplete="username"',
      'inputmode="email"',
      'maxlength="320"',
      'required',
      'autocapitalize="none"',
      'spellcheck="false"',
    ]) {
      expect(input).toContain(attribute);
    }
  });

  it('ties the error to the form that was sent', () => {
    const page = render({
      methods: [passkey, password],
      activeMethod: 'password',
      error: 'Wrong <b>',
    });
    const [first, second] = page.match(/<form.*?<\/form>/gs) ?? [];
    expect(first).not.toContain('alert');
    expect(second).toContain('<p class="alert" role="alert" id="password-error">Wrong &lt;b></p>');
    expect(second?.match(/aria-describedby="password-error"/g)).toHaveLength(2);
    expect(/<input id="password-password"[^>]*>/.exec(page)?.[0]).toContain('autofocus');
    expect(page.match(/autofocus/g)).toHaveLength(1);
  });

  it('offers no link that runs code, and shows a notice', () => {
    const page = render({ notice: 'A mail is on its way.' });
    expect(page).toContain('<a href="/reset">Forgot it?</a>');
    expect(page).not.toMatch(/javascript|Evil/);
    expect(page).toContain('role="status">A mail is on its way.');
  });

  it.each([
    ['markup', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
    ['text that turns its direction', '\u202Egro.kcatta\u202C'],
    ['ten kilobytes', 'W'.repeat(10_240)],
  ])('stays whole with a client name of %s', (_what, client_name) => {
    const page = render({ client: { ...client, client_name } });
    expect(page).not.toMatch(/<script|<img|\u202E|W{60}/);
    expect(page.length).toBeLessThan(16_000);
  });
});
