import type { ComponentChildren, VNode } from 'preact';
import type { AccountView } from './view.js';

/** What {@link SignedInAs} takes. */
export interface SignedInAsProps {
  readonly account: AccountView;
  /** What can be done about it, e.g. a form to use another account. */
  readonly children?: ComponentChildren;
}

/** Says whose session this browser has. */
export function SignedInAs({ account, children }: SignedInAsProps): VNode {
  return (
    <div class="account">
      <p>
        <span class="muted small">Signed in as</span>
        <br />
        <b>
          <bdi>{account.label}</bdi>
        </b>
      </p>
      {children}
    </div>
  );
}
