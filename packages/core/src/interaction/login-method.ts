import type { InteractionView } from './view.js';

/** One field of a form. From it come the HTML input, the JSON description, and the check that a value is a string. */
export interface FieldView {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password' | 'email' | 'tel' | 'hidden';
  /** HTML autofill token, e.g. `username webauthn`, `current-password`, `one-time-code`. */
  readonly autocomplete?: string;
  readonly inputmode?: 'text' | 'numeric' | 'email' | 'tel';
  readonly value?: string;
  readonly required?: boolean;
  /** Longest accepted value, in UTF-16 code units. */
  readonly maxLength?: number;
}

/** A form as data: rendered as HTML, or sent as JSON to a host's own front end. */
export interface FormView {
  readonly fields: readonly FieldView[];
  /** The words on the button. */
  readonly submit: string;
  /** A link below the button, e.g. to a reset page of the host. */
  readonly links?: readonly { readonly label: string; readonly url: string }[];
}

/** Fields that a form sent: single strings, at most 4 KB each unless the field says more. */
export type FormFields = ReadonlyMap<string, string>;

/** A login that succeeded. */
export interface LoginResult {
  readonly accountId: string;
  /** Authentication method references (RFC 8176). */
  readonly amr: readonly string[];
  readonly acr?: string;
  /** Epoch second of the authentication, when it was not now. */
  readonly authTime?: number;
}

/** What a login method answers to a submitted form. */
export type LoginReply =
  | { readonly login: LoginResult }
  /** Shown above the form; the same words whether the account exists or not. */
  | { readonly error: string; readonly status?: number; readonly retryAfterSeconds?: number }
  | { readonly form: FormView; readonly notice?: string }
  | { readonly redirect: string };

/** A way to log in. The pipeline owns its routes, cookie, CSRF, session and the way back to the client. */
export interface LoginMethod {
  /** Path- and form-safe, e.g. `password`. */
  readonly name: string;
  /** What the login page calls it when there are several. */
  readonly label: string;
  /** Whether production may run it: a method that guesses can be made against needs limits. */
  readonly limited: boolean;
  /** The form to show, or where to send the browser instead. */
  view(
    interaction: InteractionView,
  ): Promise<FormView | { redirect: string }> | FormView | { redirect: string };
  /** Called for a form of this method, after the CSRF check. */
  submit(interaction: InteractionView, fields: FormFields): Promise<LoginReply>;
  /** Called for GET `<interaction url>/<name>`: where a method that sent the browser away gets it back. */
  callback?(interaction: InteractionView, query: FormFields): Promise<LoginReply>;
  /** Where a person signs in who is at a page of a plugin's, and not of a client's request; `returnTo` is that page. */
  signIn?(returnTo: string): string;
}
