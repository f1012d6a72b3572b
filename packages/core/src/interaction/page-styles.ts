import type { Theme } from './page.js';
import { type Palette, themeColors } from './theme-colors.js';

/** The stylesheet of every page: the theme's colours as custom properties, then the rules. Holds no text of the host's. */
export function pageStyles(theme: Theme): string {
  const { light, dark } = themeColors(theme.colors);
  return `:root{${declare(light)}}@media (prefers-color-scheme:dark){:root{${declare(dark)}}}${rules}`;
}

function declare(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';');
}

// Sizes are rem, so a person's own font size scales the page. Logical properties follow the text direction.
const rules = `
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;background:var(--background);color:var(--text);font:400 1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
body::before,body::after{content:"";flex:1 0 0}
body::after{flex-grow:1.5}
.brand,main,.links{width:100%;max-width:27rem;margin-inline:auto}
.brand{display:flex;align-items:center;gap:.625rem;padding:1.75rem 2.25rem 1rem;color:var(--page-text);font-weight:600;font-size:1.0625rem;line-height:1.3}
.brand img{height:2rem;max-width:9rem;object-fit:contain}
main{padding:2rem 2.25rem 1.5rem;background:var(--surface);border:1px solid var(--border);border-radius:1rem;box-shadow:0 1px 2px rgb(0 0 0/.04),0 12px 32px -12px rgb(0 0 0/.14)}
.links{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:1rem 2.25rem;font-size:.875rem}
.links a{color:var(--page-muted)}
h1{margin:0;font-size:1.5rem;line-height:1.25;font-weight:650;letter-spacing:-.015em;text-wrap:balance}
p{margin:.625rem 0 0}
a{color:var(--link);text-underline-offset:.2em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
b{font-weight:600}
.lead{margin-top:.375rem;color:var(--muted);text-wrap:pretty}
.muted{color:var(--muted)}
.small{font-size:.875rem}
form{margin:1.5rem 0 0}
.field{margin-top:1.125rem}
label{display:block;margin-bottom:.375rem;font-weight:550;font-size:.9375rem}
input:not([type=checkbox]){display:block;width:100%;min-height:2.875rem;padding:.625rem .875rem;font:inherit;color:var(--text);background:var(--surface);border:1px solid var(--control);border-radius:.625rem;transition:border-color .15s}
input:not([type=checkbox]):hover{border-color:var(--text)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
input:not([type=checkbox]):focus-visible{outline-width:2px;outline-offset:-1px;border-color:var(--link)}
button,.button{display:flex;align-items:center;justify-content:center;width:100%;min-height:2.875rem;margin:.75rem 0 0;padding:.625rem 1.25rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;color:var(--text);background:none;border:1px solid var(--control);border-radius:.625rem;cursor:pointer;transition:background-color .15s}
button:hover,.button:hover{background:var(--hover)}
.primary{margin-top:1.5rem;color:var(--on-accent);background:var(--accent);border-color:var(--accent-edge)}
.primary:hover{background:var(--accent-hover)}
.quiet{border-color:transparent;color:var(--muted)}
.quiet:hover{color:var(--text)}
form.follow{margin-top:0}
.or{display:flex;align-items:center;gap:1rem;margin:1.5rem 0 0;color:var(--muted);font-size:.875rem}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--border)}
.or+form{margin-top:.75rem}
.beside{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:1rem;font-size:.9375rem}
.note,.alert,.warning{margin-top:1.25rem;padding:.75rem .875rem;border-radius:.625rem;color:var(--on-tint);background:var(--note-surface);font-size:.9375rem;line-height:1.45}
.alert{background:var(--danger-surface);border:1px solid var(--danger)}
.warning{background:var(--warning-surface);border:1px solid var(--warning)}
form>.alert:first-of-type{margin-top:0}
details{margin-top:1.5rem;border-top:1px solid var(--border);padding-top:1rem;font-size:.875rem;color:var(--muted)}
summary{cursor:pointer;border-radius:.25rem}
dl{margin:.75rem 0 0}
dt{font-weight:600}
dd{margin:0 0 .5rem;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.8125rem}
.client{display:flex;align-items:flex-start;gap:1rem}.client h1{font-size:1.3125rem}.client p{margin-top:.25rem}
.tile{flex:none;display:grid;place-items:center;width:3rem;height:3rem;border-radius:.75rem;overflow:hidden;background:var(--note-surface);color:var(--on-tint);font-size:1.25rem;font-weight:650;text-transform:uppercase}
.tile img{max-width:100%;max-height:100%}
.account{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.125rem 1rem;margin-top:1.25rem;padding:.625rem .875rem;border:1px solid var(--border);border-radius:.625rem;font-size:.9375rem;line-height:1.4}
.account p{margin:0}
.account form{margin:0}
.account button{width:auto;min-height:1.75rem;margin:0;padding:0;border:0;color:var(--link);font-size:.875rem;text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.2em}
.account button:hover{background:none;text-decoration-thickness:2px}
fieldset{margin:1.25rem 0 0;padding:0;border:0;min-width:0}
legend{padding:0;margin-bottom:.25rem;font-weight:600;font-size:.9375rem}
.scope{display:flex;gap:.75rem;align-items:flex-start;margin:0 -.625rem;padding:.375rem .625rem;border-radius:.5rem;font-weight:400;font-size:.9375rem}
label.scope{cursor:pointer}
label.scope:hover{background:var(--hover)}
.scope>:first-child{flex:none;width:1.25rem;height:1.25rem;margin:.1rem 0 0;accent-color:var(--accent-edge)}
.scope svg{color:var(--muted)}
.apps{list-style:none;margin:1.5rem 0 0;padding:0}
.app{padding:1.25rem 0;border-top:1px solid var(--border)}
.app h2{margin:0;font-size:1.0625rem;line-height:1.3;font-weight:600}
.app .tile{width:2.5rem;height:2.5rem;font-size:1.0625rem}
.app ul{margin:.125rem 0 0;padding-inline-start:1.25rem}
.app details{margin-top:.625rem;padding:0;border:0}
.app form{margin-top:0}
@media (max-width:30rem){
body{background:var(--surface)}
body::before{flex-grow:0}
.brand,.links{padding-inline:1.5rem;--page-text:var(--text);--page-muted:var(--muted)}
main{padding:.75rem 1.5rem 1rem;border:0;border-radius:0;box-shadow:none;background:none}
}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media (forced-colors:active){.primary{border-width:2px}}
`.replaceAll('\n', '');
