import type { InteractionOptions } from '@gatehouse/core';
import type { Every } from './every.js';

// #region interaction
/** How people log in and consent. */
export const interaction = {
  interaction: {
    // How long a page may lie open before it is answered.
    lifetimeSeconds: 3600,
  },
  session: {
    // Fourteen days without a visit. A bank takes minutes.
    idleSeconds: 1_209_600,
    // Ninety days, visits or not.
    absoluteSeconds: 7_776_000,
  },
  // { consent: (data, page) => html`…` }: renderers in place of ours, by the name of the page.
  pages: {},
} satisfies Every<InteractionOptions>;
// #endregion interaction
