import { html } from './html.js';
import type { PageContext, PageDefinition } from './page.js';
import { pageStyles } from './page-styles.js';
import { renderPage } from './render-page.js';

const context: PageContext = { theme: { name: 'Acme' }, nonce: 'abc123', lang: 'en' };

const definition: PageDefinition<{ name: string }> = {
  name: 'hello',
  title: ({ name }) => `Hello ${name}`,
  render: ({ name }) => <p title={name}>Hello {name}</p>,
};

const hostile = '"><script>alert(1)</script>';

describe('a rendered page', () => {
  it('is a whole document with one style element and no script', () => {
    const page = renderPage({ definition, data: { name: 'Ada' }, context });
    expect(page).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/);
    expect(page).toContain('<title>Hello Ada · Acme</title>');
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(page).toContain('<meta name="color-scheme" content="light dark">');
    expect(page).toContain('<main><p title="Ada">Hello Ada</p></main>');
    expect(page.match(/<style nonce="abc123">/g)).toHaveLength(1);
    expect(page).not.toMatch(/<script|<link|style="|\son[a-z]+=/);
  });

  it('escapes what comes from anywhere', () => {
    const theme = {
      name: hostile,
      logo: `https://a.example/${hostile}`,
      links: [{ label: hostile, url: `https://a.example/${hostile}` }],
    };
    const page = renderPage({
      definition,
      data: { name: hostile },
      context: { ...context, theme, lang: hostile, nonce: hostile },
      title: hostile,
    });
    expect(page).not.toContain('<script');
    expect(page.match(/<main>/g)).toHaveLength(1);
  });

  it('leaves out a logo and links that are none', () => {
    const theme = {
      name: 'Acme',
      logo: 'javascript:alert(1)',
      links: [{ label: 'Evil', url: 'javascript:alert(1)' }],
    };
    const page = renderPage({ definition, data: { name: '' }, context: { ...context, theme } });
    expect(page).not.toMatch(/javascript|Evil|<img|<footer/);
  });

  it('takes markup that was made by html, and no other', () => {
    const by = (render: PageDefinition<{ name: string }>['render']) =>
      renderPage({ definition: { ...definition, render }, data: { name: '<b>' }, context });
    expect(by(({ name }) => html`<i>${name}</i>`)).toContain('<main><i>&#60;b&#62;</i></main>');
    expect(() => by(() => JSON.parse('{"html":"<script>"}'))).toThrow('page hello');
    expect(() => by(() => '<script>' as never)).toThrow(TypeError);
  });

  it.each([
    ['ar', 'rtl'],
    ['he-IL', 'rtl'],
    ['de-AT', 'ltr'],
    ['en', 'ltr'],
  ])('reads %s from %s', (lang, dir) => {
    const page = renderPage({ definition, data: { name: '' }, context: { ...context, lang } });
    expect(page).toContain(`<html lang="${lang}" dir="${dir}">`);
  });
});

describe('the stylesheet', () => {
  it('is small, and holds no text of the host’s', () => {
    const styles = pageStyles({ name: '</style>', colors: { accent: '#c00}</style><script>' } });
    expect(styles.length).toBeLessThan(8192);
    expect(styles).not.toMatch(/<|url\(|@import/);
  });
});
