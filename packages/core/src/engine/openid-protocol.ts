import { createTellClients } from './openid-backchannel.js';
import { accountClaims, claimsAsked } from './openid-claims.js';
import { speakOpenid } from './openid-config.js';
import { bendToOpenid, userinfoClaims } from './openid-engine.js';
import { openidLoginError, openidLoginNeeded } from './openid-login.js';
import { createLogout, logoutQuery } from './openid-logout.js';
import { openidMetadata } from './openid-metadata.js';
import { isPkceNeeded, noteWithoutPkce } from './openid-pkce.js';
import { tellOwnSubject } from './openid-subject.js';
import type { OpenidProtocolPart } from './openid-settings.js';
import { createUserinfo } from './openid-userinfo.js';
import { createHintSelection } from './select-by-hint.js';

/** What an {@link OpenidProtocolPart} is. */
export interface OpenidProtocol extends OpenidProtocolPart {
  readonly accountClaims: typeof accountClaims;
  readonly bendToOpenid: typeof bendToOpenid;
  readonly claimsAsked: typeof claimsAsked;
  readonly createHintSelection: typeof createHintSelection;
  readonly createLogout: typeof createLogout;
  readonly createTellClients: typeof createTellClients;
  readonly createUserinfo: typeof createUserinfo;
  readonly isPkceNeeded: typeof isPkceNeeded;
  readonly logoutQuery: typeof logoutQuery;
  readonly noteWithoutPkce: typeof noteWithoutPkce;
  readonly openidLoginError: typeof openidLoginError;
  readonly openidLoginNeeded: typeof openidLoginNeeded;
  readonly openidMetadata: typeof openidMetadata;
  readonly speakOpenid: typeof speakOpenid;
  readonly tellOwnSubject: typeof tellOwnSubject;
  readonly userinfoClaims: typeof userinfoClaims;
}

const whole: OpenidProtocol = {
  speaks: 'OpenID Connect Core 1.0',
  accountClaims,
  bendToOpenid,
  claimsAsked,
  createHintSelection,
  createLogout,
  createTellClients,
  createUserinfo,
  isPkceNeeded,
  logoutQuery,
  noteWithoutPkce,
  openidLoginError,
  openidLoginNeeded,
  openidMetadata,
  speakOpenid,
  tellOwnSubject,
  userinfoClaims,
};

/** For the feature `openid`: `slots.feature('openid', { protocol: openidProtocol, … })`. */
export const openidProtocol: OpenidProtocolPart = whole;
