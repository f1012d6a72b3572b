import type { PageRenderer } from './page.js';

/** Renderers that replace ours, by page name. They get the same data and must return safe HTML. */
export type PageReplacements = Readonly<Record<string, PageRenderer<never>>>;

/** How people log in and consent. */
export interface InteractionOptions {
  interaction?: {
    /** How long a login or consent page stays valid. @default 3600 */
    lifetimeSeconds?: number;
  };
  session?: {
    /** Without use for this long a session ends. @default 1209600 (14 days) */
    idleSeconds?: number;
    /** After this long a session ends in any case. @default 7776000 (90 days) */
    absoluteSeconds?: number;
  };
  /** Replaces pages by name. */
  pages?: PageReplacements;
}
