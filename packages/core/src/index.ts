export * from './errors.js';
export * from './store-kit.js';
export { addressBlock } from './app/address-block.js';
export type { Health } from './app/health.js';
export type * from './app/limits.js';
export { defaultLogger, type Logger } from './app/logger.js';
export type * from './app/options.js';
export type { PurgeOptions } from './app/purge.js';
export type * from './authorize/accounts.js';
export type {
  ClientChanges,
  ClientRecord,
  ManagedClients,
  NewClient,
} from './authorize/managed-clients.js';
export type * from './authorize/options.js';
export { type Clock, systemClock } from './clock.js';
export type { EventHub, EventListener, EventName, EventOf, Events } from './events.js';
export {
  type GuardedFetch,
  type OutboundAnswer,
  OutboundError,
  type OutboundRequest,
} from './guarded-fetch.js';
export { clientName, displayText } from './interaction/display-text.js';
export { html, type HtmlValue, trustHtml } from './interaction/html.js';
export type * from './interaction/login-method.js';
export type * from './interaction/options.js';
export type * from './interaction/page.js';
export { inWords } from './interaction/page-messages.js';
export type { ErrorPageData, LoginMethodView, LoginPageData } from './interaction/pages/index.js';
export { imageUrl, linkUrl } from './interaction/safe-url.js';
export { Field, type FieldProps, StepForm, type StepFormProps } from './interaction/step-form.js';
export { ContinueAs, type ContinueAsProps } from './interaction/continue-as.js';
export { SignedInAs, type SignedInAsProps } from './interaction/signed-in-as.js';
export type * from './interaction/step.js';
export type * from './interaction/view.js';
export type * from './issue/options.js';
export type * from './job.js';
export type { ServerOptions } from './options.js';
export * from './plugin.js';
export { showValue } from './show-value.js';
export { didYouMean } from './suggest-name.js';
export {
  type AuthorizationServer,
  createAuthorizationServer,
  type ServerExtensions,
} from './server.js';
export {
  type HostLoginExtension,
  hostLogin,
  type HostLoginOptions,
  type HostLoginReason,
} from './interaction/host-login.js';
export type { Connection, ConnectionPage, Connections } from './issue/connections.js';
export type { GrantPage, GrantView, ManagedGrants } from './issue/managed-grants.js';
export type { ManagedSessions, SessionPage, SessionView } from './issue/sessions.js';
export type { RevokeTarget } from './issue/revoke-target.js';
