import type { VNode } from 'preact';
import type { BrowserAccount } from './view.js';

/** What {@link ContinueAs} takes. */
export interface ContinueAsProps {
  readonly accounts: readonly BrowserAccount[];
  /** The field that says which: its value is the `sessionId`. */
  readonly name: string;
}

/** A button for each account that is signed in in the browser. */
export function ContinueAs({ accounts, name }: ContinueAsProps): VNode {
  return (
    <>
      {accounts.map(({ sessionId, account }) => (
        <button type="submit" name={name} value={sessionId}>
          <span>
            Continue as <bdi>{account.label}</bdi>
          </span>
        </button>
      ))}
    </>
  );
}
