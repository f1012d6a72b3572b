import type { Runtime, Slots } from '@gatehouse/core';

/** Tells a URL of somebody else's that an account has accepted the terms. */
export function tellAcceptance(
  slots: Pick<Slots, 'job'>,
  { fetch }: Pick<Runtime, 'fetch'>,
  url: string,
) {
  // #region job
  const calls = slots.job<{ accountId: string; version: string }>({
    name: 'terms-webhook',
    async run({ id, payload, signal }) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ id, ...payload }); // the same id in every try
      const { status } = await fetch(url, { method: 'POST', headers, body, signal });
      if (status === 410) return { giveUp: 'the receiver has gone' };
      if (status >= 300) throw new Error(`the receiver answered ${status}`); // tried again, later
      return undefined;
    },
  });

  return (accountId: string, version: string) => calls.enqueue({ accountId, version });
  // #endregion job
}
