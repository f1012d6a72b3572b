import type { ComponentChildren, VNode } from 'preact';
import type { ConsentClient } from './consent-data.js';

/** What {@link ClientHead} takes. */
export interface ClientHeadProps {
  readonly client: Pick<ConsentClient, 'name' | 'logo_uri'>;
  readonly children: ComponentChildren;
}

/** A client's logo, or the first letter of its name, beside what is said of it. */
export function ClientHead({ client: { name, logo_uri }, children }: ClientHeadProps): VNode {
  return (
    <div class="client">
      <span class="tile" aria-hidden="true">
        {logo_uri ? <img src={logo_uri} alt="" /> : [...name][0]}
      </span>
      <div>{children}</div>
    </div>
  );
}
