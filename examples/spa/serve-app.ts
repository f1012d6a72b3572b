import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import express, { type Express } from 'express';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Bundles the browser app and serves it, on an origin of its own. */
export async function serveApp(issuer: string, api: string): Promise<Express> {
  const bundle = await build({
    entryPoints: [path('../app.ts')],
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
    // All that is written into the bundle: two addresses. Never hand it process.env.
    define: { ISSUER: JSON.stringify(issuer), API: JSON.stringify(api) },
  });
  await stop(); // it would run beside us for nothing
  const script = bundle.outputFiles[0]?.text ?? '';

  const app = express();
  app.use((_req, res, next) => {
    // Scripts of its own alone, and requests to the API's origin alone: what got in could not get tokens out.
    res.set({
      'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${new URL(issuer).origin} ${new URL(api).origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'Referrer-Policy': 'no-referrer', // the address bar holds the code for a moment
    });
    next();
  });
  app.get('/app.js', (_req, res) => {
    res.type('js').send(script);
  });
  app.use(express.static(path('../public')));
  return app;
}
