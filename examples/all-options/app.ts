import { type AppOptions, defaultLogger } from '@gatehouse/core';
import type { Every } from './every.js';
import { settings } from './your-app.js';

// #region app
/** How the server meets your app. */
export const app = {
  // Needed. Where clients reach the server; every URL and the mount path come from it. To change it later voids all tokens.
  issuer: `${settings.origin}/auth`,
  // Needed. While secrets rotate: the new one first, the old one after it.
  secrets: [settings.secret],
  // Yours, to have its lines beside your own: pino, winston, console. This one writes warnings and errors to standard error.
  logger: defaultLogger,
  theme: {
    // What people know you by. The issuer's host says little to them.
    name: new URL(settings.origin).host,
    // '/logo.svg', an https: URL or data:image/…
    logo: undefined,
    // Yours. Text colours follow by contrast, so any choice can be read.
    colors: {
      accent: '#2e54cc',
      accentDark: '#6f8fff',
      background: '#f3f4f7',
      backgroundDark: '#101217',
    },
    // [{ label: 'Imprint', url: '/imprint' }]
    links: [],
  },
  // The language of the pages that you replace. Ours are English.
  lang: 'en',
  // Pages that call the token endpoint by script, and are no redirect URI of a public client.
  allowedOrigins: [],
  outbound: {
    // In development: clients with a backchannel_logout_uri on this machine.
    allowLoopback: false,
    // Clients inside your own networks: ['10.20.0.0/16'].
    allowNetworks: [],
  },
  // What production refuses and you have a reason for, by name.
  waivers: [],
} satisfies Every<AppOptions>;
// #endregion app
