import type { AppOptions } from './app/options.js';
import type { AuthorizeOptions, ResourcesOptions } from './authorize/options.js';
import type { MakeCounter } from './counter.js';
import type { InteractionOptions } from './interaction/options.js';
import type { IssueOptions } from './issue/options.js';
import type { Plugin } from './plugin.js';
import type { Store } from './store.js';

/** Everything that `createAuthorizationServer` takes. Each stage owns its part. */
export interface ServerOptions<Account, Resources extends ResourcesOptions>
  extends AppOptions,
    AuthorizeOptions<Account, Resources>,
    InteractionOptions,
    IssueOptions {
  /** Where everything is remembered, e.g. `memoryStore()` on a laptop. */
  store: Store;
  /**
   * Where guesses are counted when not in the store, e.g. `(options) => new RateLimiterRedis({ storeClient, ...options })`. Called
   * once for each limit at start. While it is out of reach, each process counts for itself.
   *
   * @default the store, if it can; else this process
   */
  limits?: MakeCounter;
  /** Login methods, the consent page, extensions; set up in this order. */
  plugins?: readonly Plugin<NoInfer<Account>>[];
  /**
   * Changes the engine's own configuration before it starts. No promise of ours holds for what it changes, and an engine
   * upgrade may break it.
   */
  dangerouslyConfigureEngine?: (configuration: Record<string, unknown>) => Record<string, unknown>;
}
