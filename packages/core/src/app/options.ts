import type { Logger } from './logger.js';
import type { Theme } from '../interaction/page.js';

/** Names of things that production refuses. Each can be waived by its name in `waivers`. */
export type Waiver =
  | 'http-issuer'
  | 'short-secret'
  | 'short-client-secret'
  | 'memory-store'
  | 'throw-away-keys'
  | 'unlimited-login'
  | 'no-nonce'
  | 'loopback-requests'
  | 'private-requests';

/**
 * Where the server's own requests may go, to URLs that clients have registered (back-channel logout), beside public addresses by
 * https:.
 */
export interface OutboundOptions {
  /** This machine, by http: too: for development. Production refuses it without the waiver `loopback-requests`. @default false */
  allowLoopback?: boolean;
  /**
   * Networks of yours in CIDR notation where clients run, e.g. `['10.20.0.0/16']`, by https:. Production refuses them without the
   * waiver `private-requests`. @default none
   */
  allowNetworks?: readonly string[];
}

/** How the server meets the host's app. */
export interface AppOptions {
  /**
   * The issuer identifier (RFC 8414 §2). Every URL and the mount path come from here, never from a request's Host header.
   * No query, no fragment, no trailing slash.
   */
  issuer: string;
  /**
   * At least one secret of 32 characters or more. The first signs and seals, all verify and open: put a new one first to rotate.
   */
  secrets: readonly string[];
  /** pino, winston, console or alike. @default JSON lines of warnings and errors on standard error */
  logger?: Logger;
  /** Name, logo and colours of every page. */
  theme?: Partial<Theme>;
  /** BCP 47 tag of the pages' language. @default 'en' */
  lang?: string;
  /** Origins that may call token, revocation and introspection endpoints from a browser, beside those of redirect URIs. */
  allowedOrigins?: readonly string[];
  /** Where requests of the server itself may go. @default public addresses, by https: */
  outbound?: OutboundOptions;
  /** Production refusals that this host takes upon itself, by name. Each is logged at start. */
  waivers?: readonly Waiver[];
}
