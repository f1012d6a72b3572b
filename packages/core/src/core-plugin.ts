import { coreKinds } from './engine/kinds.js';
import type { EventHub } from './events.js';
import { createLoginStep, type LoginFailure } from './interaction/login.js';
import { corePages } from './interaction/pages/index.js';
import type { Registry } from './kernel.js';
import { definePlugin, type Plugin } from './plugin.js';

/** The server's own part: it goes through the same slots as any plugin's. */
export function corePlugin(
  registry: () => Registry | undefined,
  now: () => number,
  events: EventHub,
): Plugin<never> {
  return definePlugin<never>({
    name: 'core',
    setup(slots) {
      for (const kind of coreKinds) slots.kind(kind);
      for (const page of corePages) slots.page(page);
      const installed = () => registry()?.loginMethods.map(({ value }) => value) ?? [];
      slots.step(
        createLoginStep({ installed, now, onFailure: (failure) => tell(failure, events) }),
      );
    },
  });
}

function tell(
  { clientId, method, status, retryAfterSeconds = 0 }: LoginFailure,
  events: EventHub,
): void {
  if (status === 429) events.emit('login.limited', { clientId, method, retryAfterSeconds });
  else
    events.emit('login.failed', { clientId, method, reason: status >= 500 ? 'busy' : 'refused' });
}
