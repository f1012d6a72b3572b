import type { AdapterPayload } from 'oidc-provider';
import type { ClientAttempt } from '../authorize/client-limits.js';
import type { OAuthError } from '../errors.js';

/** What parts of one request tell each other. */
export interface Notes {
  /** Nothing that this request writes is ever committed: a route of a plugin. */
  readsOnly?: true;
  /** The account of the browser's session, as the host gave it in this request. */
  sessionAccount?: {
    readonly accountId: string;
    readonly authTime: number;
    readonly account: unknown;
  };
  /** Who is logged in at the host, where its session is the login. */
  hostAccountId?: string;
  /** The request's `login_hint` names an account that is signed in beside that of the session. */
  hintsAnother?: true;
  /** The account epoch that the login of this request was made under. */
  loginEpoch?: number;
  /** Whether that login came from the host's own session. */
  hostLogin?: boolean;
  /** Whether the login of the session that was read last did. */
  fromHost?: boolean;
  /** A refresh token was presented again within its window: what to answer instead. */
  repeatedRefresh?: { readonly answer: Record<string, unknown>; readonly grantId?: string };
  /** A code or refresh token was presented after its time: an event tells. */
  replayed?: { readonly kind: 'AuthorizationCode' | 'RefreshToken'; readonly grantId?: string };
  /** Absolute URL of the request, by the issuer. */
  selfUrl?: string;
  /** The caller renders pages itself. */
  wantsJson?: boolean;
  /** The interaction that this request finished. */
  finishedInteraction?: string;
  /** The request spends a code or a refresh token, if it succeeds. */
  spends?: true;
  /** The id and the raw value of the refresh token that this request consumes. */
  consumedRefreshToken?: { readonly id: string; readonly value: string };
  /** The grant that this request makes. */
  newGrant?: { readonly grantId: string; readonly accountId: string; readonly clientId: string };
  /** The browser session that a new grant belongs to. */
  sessionUid?: string;
  /** Whether the account has answered, as granted or rejected, every scope that is asked. */
  scopesAnswered?: boolean;
  /** The JWT that was presented at introspection or revocation, in the engine's eyes an opaque token. */
  presentedJwt?: { readonly kind: string; readonly id: string; readonly tokenId: string };
  /** The request is for userinfo, where an access token for an API is one for none. */
  forUserinfo?: (payload: AdapterPayload) => AdapterPayload;
  /** The client of the request may leave PKCE out of OpenID requests. */
  withoutPkce?: { readonly clientId: string; readonly needsNonce: boolean };
  /** The request has the `openid` scope. */
  asksOpenid?: true;
  /** What is wrong with the way in which the request came: said once the client is known. */
  requestFault?: OAuthError;
  /** The request came as a request object, or was pushed: then it was seen to when it was. */
  signed?: true;
  /** The parameters of the request that was pushed before. */
  pushedParams?: URLSearchParams;
  /** How the client's requests must come. */
  demands?: { readonly clientId: string; readonly signed: boolean; readonly pushed: boolean };
  /** The try of the caller to authenticate as a client. */
  clientAttempt?: ClientAttempt;
  /** A token was revoked by its client. */
  revoked?: true;
  /** PKCE challenge of the presented code, to explain a mismatch in the log. */
  codeChallenge?: string;
}
