import type { IncomingMessage } from 'node:http';
import type { Logger } from './logger.js';

interface WithApp {
  readonly app?: { get?(name: 'trust proxy'): unknown };
}

/**
 * Says once when a proxy may stand before an app that trusts none: `req.ip` is the proxy's address then, and the limits of one person are
 * those of all.
 */
export function createProxyCheck(logger: Logger): (req: IncomingMessage) => void {
  let isSaid = false;
  return (req) => {
    if (isSaid || req.headers['x-forwarded-for'] === undefined) return;
    const { app } = req as WithApp;
    // Without Express there is nothing to set.
    if (typeof app?.get !== 'function' || app.get('trust proxy')) return;
    isSaid = true;
    logger.warn({}, message);
  };
}

// Anybody can send the header, so it may be that there is no proxy. The address is nobody's business.
const message =
  'a request has X-Forwarded-For, and the app trusts no proxy: behind one, limits count all people as the one address of the proxy. Write app.set("trust proxy", …) for the proxies that you have; without any, somebody has made the header up';
