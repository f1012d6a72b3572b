import { renderPage } from '../render-page.js';
import { errorPage, type ErrorPageData } from './error.js';

function render(data: Partial<ErrorPageData>): string {
  const context = { theme: { name: 'Acme' }, nonce: 'n', lang: 'en' };
  const whole = { kind: 'unavailable', title: 'Not now', message: 'It is broken.', ...data };
  return renderPage({ definition: errorPage, data: whole, context });
}

describe('the error page', () => {
  it('says what happened and how to go on', () => {
    const page = render({
      hint: 'Start again.',
      action: { label: 'Go to Acme', url: 'https://acme.example/' },
    });
    expect(page).toContain('<title>Not now · Acme</title>');
    expect(page).toContain('<h1>Not now</h1><p>It is broken.</p>');
    expect(page).toContain('Start again.');
    expect(page).toContain('<a class="button primary" href="https://acme.example/">Go to Acme</a>');
    expect(page).not.toContain('<details');
  });

  it('keeps what is for developers apart, and escapes it', () => {
    const page = render({
      error: 'invalid_request',
      errorDescription: 'bad <script>alert(1)</script>',
      requestId: 'r1',
    });
    expect(page).toContain('<dt>Error</dt><dd>invalid_request</dd>');
    expect(page).toContain('<dt>Request</dt><dd>r1</dd>');
    expect(page).not.toContain('<script');
  });

  it('has no link where the address is not one for people', () => {
    const page = render({ action: { label: 'Go', url: 'javascript:alert(1)' } });
    expect(page).not.toMatch(/javascript|<a /);
  });
});
