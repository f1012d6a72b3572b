import { html, isSafeHtml, trustHtml } from './html.js';

const hostile = `</p><script>alert("1")</script>'&`;

describe('html', () => {
  it('escapes text and quoted attributes', () => {
    expect(html`<p title="${hostile}">${hostile}</p>`.html).toBe(
      '<p title="&#60;/p&#62;&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#39;&#38;">' +
        '&#60;/p&#62;&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#39;&#38;</p>',
    );
    expect(html`<p title='${"'"} onload=x'>`.html).toBe("<p title='&#39; onload=x'>");
  });

  it('nests without escaping twice, and takes lists, numbers and conditions', () => {
    const items = ['<a>', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}${false}${null}${undefined}${0}</ul>`.html).toBe(
      '<ul><li>&#60;a&#62;</li><li>&#60;b&#62;</li>0</ul>',
    );
    expect(html`${true && html`<br>`}${trustHtml('<hr>')}`.html).toBe('<br><hr>');
  });

  it('does not take an object from JSON for markup', () => {
    const fromJson = JSON.parse('{"html":"<script>"}') as never;
    expect(isSafeHtml(fromJson)).toBe(false);
    expect(() => html`<p>${fromJson}</p>`).toThrow('takes text, not markup');
  });

  it.each([
    ['javascript:alert(1)', ''],
    [' JavaScript:alert(1)', ''],
    ['java\nscript:alert(1)', ''],
    ['data:text/html,<script>', ''],
    ['vbscript:x', ''],
    ['//evil.example', ''],
    ['/\\evil.example', ''],
    ['/\t/evil.example', ''],
    ['https://a.example/"x', 'https://a.example/%22x'],
    ['/reset?a=1&b=2', '/reset?a=1&#38;b=2'],
    ['mailto:help@acme.example', 'mailto:help@acme.example'],
  ])('lets %j into a link as %j', (url, expected) => {
    expect(html`<a class="x" href="${url}">`.html).toBe(`<a class="x" href="${expected}">`);
    expect(html`<form action='${url}'>`.html).toBe(`<form action='${expected}'>`);
    expect(html`<button formaction = "${url}">`.html).toBe(`<button formaction = "${expected}">`);
  });

  it.each([
    ['https://a.example/logo.png', 'https://a.example/logo.png'],
    ['/logo.svg', '/logo.svg'],
    ['data:image/png;base64,AAAA', 'data:image/png;base64,AAAA'],
    ['data:text/html,x', ''],
    ['http://a.example/logo.png', ''],
    ['javascript:x', ''],
  ])('lets %j be an image as %j', (url, expected) => {
    expect(html`<img src="${url}">`.html).toBe(`<img src="${expected}">`);
  });

  it('takes the rest of a URL that starts with our own text as text', () => {
    expect(html`<a href="/page?next=${'"><script>'}">`.html).toBe(
      '<a href="/page?next=&#34;&#62;&#60;script&#62;">',
    );
  });

  it.each([
    [() => html`<p title=${hostile}>`],
    [() => html`<p ${hostile}>`],
    [() => html`<${hostile}>`.html.length && html`<p a="1" ${hostile}="1">`],
    [() => html`<script>${hostile}</script>`],
    [() => html`<STYLE nonce="x">a{}${hostile}</STYLE>`],
    [() => html`<p title="${html`<b>`}">`],
  ])('throws where no escaping helps: %s', (render) => {
    expect(render).toThrow(TypeError);
  });

  it('goes on after a script that is closed, and knows a lone < in text', () => {
    expect(html`<script>1</script>${'<'}`.html).toBe('<script>1</script>&#60;');
    expect(html`1 < 2 ${'<'}`.html).toBe('1 < 2 &#60;');
  });
});
