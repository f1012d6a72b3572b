import type { FormFields, LoginResult } from './login-method.js';
import type { AuthorizationView, InteractionView, ScopesByResource } from './view.js';

/** Why a step is needed now. */
export interface StepReason {
  /** Stable word for logs and the JSON form, e.g. `new_scopes`. */
  readonly reason: string;
}

/** What the person decided. All that was asked is answered, as granted or as rejected. */
export interface ConsentDecision {
  readonly granted: ScopesByResource;
  readonly rejected: ScopesByResource;
}

/** A page by name with its data. */
export interface PageView<Data = unknown> {
  readonly page: string;
  readonly data: Data;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
}

/** What a step answers. */
export type StepReply =
  | PageView
  | { readonly redirect: string }
  | { readonly login: LoginResult; readonly method: string }
  | { readonly consent: ConsentDecision }
  /** The step passed; `required` finds the value under `answered[step]`. */
  | { readonly done: Readonly<Record<string, unknown>> }
  /** The client gets this error. */
  | { readonly deny: { readonly error: 'access_denied'; readonly description: string } }
  /** Ends the session, and starts over with the login page for another account. */
  | { readonly switchAccount: true }
  /** Starts over with the login page, and leaves the account signed in beside the next. */
  | { readonly addAccount: true }
  /** Goes on as one of {@link InteractionView.otherAccounts}, by its `sessionId`. */
  | { readonly useSession: string };

/** A page between the authorization request and its answer. The pipeline runs steps in their declared order. */
export interface Step {
  readonly name: string;
  /** Whether the client may ask for it by the `prompt` parameter. */
  readonly requestable?: boolean;
  /** Names of steps that come earlier. */
  readonly after?: readonly string[];
  /** Names of steps that come later, where they are installed. */
  readonly before?: readonly string[];
  /** Decides at the authorization endpoint. It is called again after the step: an answered step must return nothing. */
  required(request: AuthorizationView): Promise<StepReason | undefined> | StepReason | undefined;
  show(interaction: InteractionView): Promise<StepReply>;
  submit(interaction: InteractionView, fields: FormFields): Promise<StepReply>;
  /** GET `<interaction url>/<rest>`. */
  callback?(interaction: InteractionView, rest: string, query: FormFields): Promise<StepReply>;
}
