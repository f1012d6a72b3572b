import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { callback, clientSecret, issuer, startRoundTripHost } from './host.js';
import { createTranscript, type Transcript } from './transcript.js';

/** Walks the round trip on a real server and returns what was sent and answered, as regions of one file. */
export async function recordRoundTrip(): Promise<string> {
  const host = await startRoundTripHost();
  try {
    const transcript = createTranscript(host.origin, 'https://acme.example');
    const { code, verifier } = await logIn(transcript);
    const basic = Buffer.from(`planner:${clientSecret}`).toString('base64');
    transcript.shorten(basic);
    const headers = { authorization: `Basic ${basic}` };
    const url = `${issuer}/token`;

    const wrong = { grant_type: 'authorization_code', code, redirect_uri: callback };
    const other = randomBytes(32).toString('base64url');
    transcript.shorten(other);
    await transcript.send('mismatch', { url, headers, fields: { ...wrong, code_verifier: other } });
    const refused = host.log.find(({ message }) => message === 'token.refused');
    const { at: _at, requestId: _id, ...event } = (refused?.context ?? {}) as EventContext;
    transcript.note('mismatch-log', JSON.stringify(event, null, 2));

    const tokens = await redeem(transcript, { url, headers, code, verifier });
    const { access_token, refresh_token } = tokens;
    await transcript.send('api', {
      url: 'https://acme.example/api/notes',
      headers: { authorization: `Bearer ${access_token}` },
    });
    await transcript.send('no-token', { url: 'https://acme.example/api/notes' });
    const { iat: _iat, exp: _exp, auth_time: _time, ...claims } = decodeJwt(String(access_token));
    transcript.shorten(claims.jti, String(claims.grant_id));
    transcript.note('claims', JSON.stringify(claims, null, 2));
    const fields = { grant_type: 'refresh_token', refresh_token: String(refresh_token) };
    const { text } = await transcript.send('refresh', { url, headers, fields });
    shortenTokens(transcript, text);
    return transcript.text();
  } finally {
    await host.close();
  }
}

type EventContext = Readonly<Record<string, unknown>>;

async function logIn(transcript: Transcript): Promise<{ code: string; verifier: string }> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const state = randomBytes(16).toString('base64url');
  transcript.shorten(verifier, challenge, state);
  const request = new URLSearchParams({
    client_id: 'planner',
    response_type: 'code',
    redirect_uri: callback,
    scope: 'notes:read',
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const login = await transcript.send('authorize', { url: `${issuer}/authorize?${request}` });
  const ada = { method: 'password', identifier: 'ada', password: 'ada-pw' };
  const resumed = await answer(transcript, 'login', login.location, ada);
  const consent = await transcript.send('resume', { url: resumed });
  const answered = { 'decision': 'allow', 'scope:notes:read': 'on' };
  const allowed = await answer(transcript, 'consent', consent.location, answered);
  const back = await transcript.send('code', { url: allowed });
  const code = new URL(back.location).searchParams.get('code') ?? '';
  transcript.shorten(code);
  return { code, verifier };
}

/** Opens the page of a step and sends its form. Returns where the browser goes next. */
async function answer(
  transcript: Transcript,
  step: string,
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const { text } = await transcript.send(`${step}-page`, { url });
  const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const nonce = /nonce="([^"]+)"/.exec(text)?.[1];
  transcript.shorten(csrf, nonce, url.split('/').at(-1));
  const { location } = await transcript.send(`${step}-form`, { url, fields: { csrf, ...fields } });
  return location;
}

interface Redemption {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly code: string;
  readonly verifier: string;
}

async function redeem(
  transcript: Transcript,
  { url, headers, code, verifier }: Redemption,
): Promise<Record<string, unknown>> {
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  };
  const { text } = await transcript.send('token', { url, headers, fields });
  return shortenTokens(transcript, text);
}

function shortenTokens(transcript: Transcript, text: string): Record<string, unknown> {
  const tokens = JSON.parse(text) as Record<string, unknown>;
  transcript.shorten(String(tokens.access_token), String(tokens.refresh_token));
  return tokens;
}
