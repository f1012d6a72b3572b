// Runs in the browser.
import * as oauth from 'oauth4webapi';

declare const ISSUER: string;
declare const API: string;

// #region client
const issuer = new URL(ISSUER);
const client: oauth.Client = { client_id: 'spa' };
const publicClient = oauth.None();
const redirect_uri = `${location.origin}/`;
const http = { [oauth.allowInsecureRequests]: issuer.hostname === 'localhost' };

const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http });
const server = await oauth.processDiscoveryResponse(issuer, discovered);
// #endregion client

// In memory: a reload forgets them, and so does whoever reads the storage. The next sign-in needs no password again.
let tokens: oauth.TokenEndpointResponse | undefined;

// #region sign-in
async function signIn(): Promise<void> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state }));
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri,
    scope: 'notes:read',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  location.assign(url);
}

/** Back from the authorization endpoint: the code goes out of the address bar, and in for tokens. */
async function comeBack(): Promise<void> {
  const { verifier, state } = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}');
  const callback = new URL(location.href);
  sessionStorage.removeItem('sign-in');
  history.replaceState(null, '', '/');
  const params = oauth.validateAuthResponse(server, client, callback, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    publicClient,
    params,
    redirect_uri,
    verifier,
    http,
  );
  tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
}
// #endregion sign-in

// #region refresh
/** The server gives a new refresh token each time: keep the new one, forget the old one. */
async function refresh(): Promise<void> {
  const token = tokens?.refresh_token ?? '';
  const response = await oauth.refreshTokenGrantRequest(server, client, publicClient, token, http);
  tokens = await oauth.processRefreshTokenResponse(server, client, response);
}

async function signOut(): Promise<void> {
  const token = tokens?.refresh_token ?? '';
  tokens = undefined;
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, publicClient, token, http),
  );
}
// #endregion refresh

async function loadNotes(): Promise<string> {
  const url = new URL(`${API}/notes`);
  const token = tokens?.access_token ?? '';
  const response = await oauth.protectedResourceRequest(token, 'GET', url, undefined, null, http);
  return ((await response.json()) as string[]).join('\n');
}

const output = document.querySelector('output') as HTMLOutputElement;

/** Does it, says what came of it, and shows the buttons that make sense now. */
async function run(action: () => Promise<string | undefined>): Promise<void> {
  try {
    output.textContent = (await action()) ?? '';
  } catch (error) {
    output.textContent = error instanceof Error ? error.message : String(error);
  }
  for (const button of document.querySelectorAll('button')) {
    button.hidden = (button.id === 'sign-in') !== (tokens === undefined);
  }
}

function onClick(id: string, action: () => Promise<string | undefined>): void {
  document.getElementById(id)?.addEventListener('click', () => void run(action));
}

onClick('sign-in', () => signIn().then(() => 'On the way …'));
onClick('notes', loadNotes);
onClick('refresh', () => refresh().then(() => 'New tokens are here.'));
onClick('sign-out', () => signOut().then(() => 'Signed out.'));

const isBack = /[?&](code|error)=/.test(location.search);
void run(() => (isBack ? comeBack().then(loadNotes) : Promise.resolve('Not signed in.')));
