import { clientName, displayText } from './display-text.js';
import type { ErrorPageData } from './pages/error.js';
import { linkUrl } from './safe-url.js';
import type { PageView } from './step.js';
import type { ClientView } from './view.js';

type KnownClient = Pick<ClientView, 'client_id' | 'client_name' | 'client_uri'>;

/** Why a person sees the error page. `client` is given where it is known: it is the way to start again. */
export type PageSituation =
  | { readonly kind: 'unknown_client'; readonly clientId?: string }
  | {
      readonly kind: 'redirect_uri_not_registered';
      readonly client: KnownClient;
      readonly redirectUri?: string;
    }
  | {
      readonly kind: 'invalid_request';
      readonly client?: KnownClient;
      readonly error?: string;
      readonly errorDescription?: string;
    }
  | { readonly kind: 'interaction_expired'; readonly client?: KnownClient }
  | { readonly kind: 'interaction_unknown'; readonly client?: KnownClient }
  | { readonly kind: 'cookie_missing'; readonly client?: KnownClient }
  | { readonly kind: 'already_finished'; readonly client?: KnownClient }
  | { readonly kind: 'superseded'; readonly liveUrl: string }
  | { readonly kind: 'form_not_ours'; readonly client?: KnownClient; readonly retryUrl?: string }
  | { readonly kind: 'consent_loop'; readonly client?: KnownClient }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'too_many_requests'; readonly retryAfterSeconds: number }
  | { readonly kind: 'method_not_allowed' }
  | { readonly kind: 'not_signed_in' };

/** The kinds of {@link PageSituation}. */
export type PageSituationKind = PageSituation['kind'];

type Words = Pick<ErrorPageData, 'title' | 'message' | 'hint'> & { readonly status: number };

const startAgain = 'Go back to the app you came from and start again there.';
const tellTheApp =
  'This is a mistake in the app, not yours. Its developers can fix it: the details below are for them.';

const words: Readonly<Record<PageSituationKind, Words>> = {
  unknown_client: {
    status: 400,
    title: 'We don’t know this app',
    message:
      'The app that sent you here is not registered with us, so we did not send you back to it.',
    hint: 'If you followed a link from somebody else, close this page. If it is your own app, check its client_id.',
  },
  redirect_uri_not_registered: {
    status: 400,
    title: 'This link doesn’t belong to the app',
    message:
      'The app asked us to send you to an address that it has not registered. We stopped, because somebody else may be behind it.',
    hint: tellTheApp,
  },
  invalid_request: {
    status: 400,
    title: 'The app’s request doesn’t work',
    message: 'The app that sent you here asked for something we cannot do.',
    hint: tellTheApp,
  },
  interaction_expired: {
    status: 400,
    title: 'This page has expired',
    message: 'You took longer than this page is valid, so nothing has been decided.',
    hint: startAgain,
  },
  interaction_unknown: {
    status: 400,
    title: 'This page no longer exists',
    message: 'The sign-in that this page belonged to is over, or its address is incomplete.',
    hint: startAgain,
  },
  cookie_missing: {
    status: 400,
    title: 'This sign-in started in another browser',
    message:
      'Your browser did not send the cookie that belongs to this page. Either the page was opened in another browser or window than the one you started in, or cookies are blocked.',
    hint: 'Allow cookies for this site, then go back to the app and start again, in one and the same browser.',
  },
  already_finished: {
    status: 400,
    title: 'You have already answered',
    message: 'This page was sent twice, or you came back to it. Your first answer counts.',
    hint: 'Go back to the app: you may be signed in already. If not, start again there.',
  },
  superseded: {
    status: 409,
    title: 'There is a newer page',
    message:
      'You went on in another tab or window, so this page is out of date. Nothing has been decided here.',
  },
  form_not_ours: {
    status: 403,
    title: 'We could not check this form',
    message:
      'The form was not sent from the page we showed you, or that page was too old. To be safe we did nothing.',
    hint: 'Open the page again and send the form once more.',
  },
  consent_loop: {
    status: 400,
    title: 'We keep asking you the same thing',
    message:
      'You have answered, and the app’s request still leads back to the same question. We stopped here so that you don’t go round in circles.',
    hint: tellTheApp,
  },
  unavailable: {
    status: 503,
    title: 'Not available right now',
    message:
      'Something on our side is not working at the moment. Nothing you entered was lost or used.',
    hint: 'Wait a moment, then load the page again.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many attempts',
    message: 'There were too many attempts in a short time.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This page can’t be used like that',
    message: 'The address exists, but not for this kind of request.',
    hint: startAgain,
  },
  not_signed_in: {
    status: 401,
    title: 'You are not signed in',
    message: 'This page is about an account, and nobody is signed in in this browser.',
    hint: 'Sign in to an app with your account first, then open this page again.',
  },
};

/** The error page for a situation, with its status: what happened, and how to go on. */
export function pageMessage(situation: PageSituation): PageView<ErrorPageData> {
  const { status, ...text } = words[situation.kind];
  const retryAfterSeconds =
    'retryAfterSeconds' in situation ? situation.retryAfterSeconds : undefined;
  const action = actionOf(situation);
  const data: ErrorPageData = {
    kind: situation.kind,
    ...text,
    ...(situation.kind === 'too_many_requests'
      ? { hint: `Try again ${inWords(situation.retryAfterSeconds)}.` }
      : {}),
    ...(action ? { action } : {}),
    ...developerDetails(situation),
  };
  return {
    page: 'error',
    data,
    status,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** A wait as people say it: `in 45 seconds`, `in 5 minutes`, `in 2 hours`. Never shorter than it is. */
export function inWords(seconds: number): string {
  const [amount, unit] =
    seconds <= 90
      ? [Math.max(1, Math.ceil(seconds)), 'second']
      : seconds <= 90 * 60
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3600), 'hour'];
  return `in ${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

function actionOf(situation: PageSituation): ErrorPageData['action'] {
  if (situation.kind === 'superseded') {
    return { label: 'Go to the newer page', url: situation.liveUrl };
  }
  if (situation.kind === 'form_not_ours' && situation.retryUrl !== undefined) {
    return { label: 'Open the page again', url: situation.retryUrl };
  }
  const client = 'client' in situation ? situation.client : undefined;
  const url = linkUrl(client?.client_uri);
  if (client === undefined || url === undefined || !/^https?:/.test(url)) return undefined;
  // A client chooses its own name and its own address: a name alone would let it pass for another.
  return { label: `Go to ${clientName(client)} (${new URL(url).host})`, url };
}

function developerDetails(
  situation: PageSituation,
): Pick<ErrorPageData, 'error' | 'errorDescription'> {
  const details = (error?: string, description?: string) => ({
    ...(error ? { error: displayText(error) } : {}),
    ...(description ? { errorDescription: displayText(description, 500) } : {}),
  });
  switch (situation.kind) {
    case 'unknown_client':
      return details('invalid_client', `client_id: ${situation.clientId ?? 'none was sent'}`);
    case 'redirect_uri_not_registered':
      return details(
        'invalid_request',
        `not registered for ${situation.client.client_id}: redirect_uri ${situation.redirectUri ?? ''}`,
      );
    case 'invalid_request':
      return details(situation.error, situation.errorDescription);
    case 'not_signed_in':
      return details('login_required');
    case 'unavailable':
      // A front end of the host's tries again by it; without a time it is no outage.
      return details(situation.retryAfterSeconds === undefined ? '' : 'temporarily_unavailable');
    default:
      return {};
  }
}
