import { inWords, pageMessage, type PageSituation } from './page-messages.js';

const client = {
  client_id: 'notes',
  client_name: 'Acme Notes',
  client_uri: 'https://notes.example/start',
};

const situations: readonly (readonly [PageSituation, number])[] = [
  [{ kind: 'unknown_client', clientId: 'nope' }, 400],
  [{ kind: 'redirect_uri_not_registered', client, redirectUri: 'https://evil.example/' }, 400],
  [{ kind: 'invalid_request', client, error: 'invalid_scope', errorDescription: 'what' }, 400],
  [{ kind: 'interaction_expired', client }, 400],
  [{ kind: 'interaction_unknown' }, 400],
  [{ kind: 'cookie_missing', client }, 400],
  [{ kind: 'already_finished', client }, 400],
  [{ kind: 'superseded', liveUrl: 'https://acme.example/auth/interaction/u2' }, 409],
  [{ kind: 'form_not_ours', client, retryUrl: 'https://acme.example/auth/interaction/u1' }, 403],
  [{ kind: 'consent_loop', client }, 400],
  [{ kind: 'unavailable', retryAfterSeconds: 5 }, 503],
  [{ kind: 'too_many_requests', retryAfterSeconds: 90 }, 429],
  [{ kind: 'method_not_allowed' }, 405],
  [{ kind: 'not_signed_in' }, 401],
];

describe('the words of the error page', () => {
  it.each(situations)('%j has its status, and says what happened', (situation, status) => {
    const view = pageMessage(situation);
    expect(view).toMatchObject({ page: 'error', status, data: { kind: situation.kind } });
    expect(view.data.title.length).toBeGreaterThan(10);
    expect(view.data.message).toMatch(/\.$/);
    expect(view.data.hint ?? view.data.action).toBeDefined();
  });

  it('leads back to the client, with the host that its address has', () => {
    expect(pageMessage({ kind: 'interaction_expired', client }).data.action).toEqual({
      label: 'Go to Acme Notes (notes.example)',
      url: 'https://notes.example/start',
    });
    const impostor = { ...client, client_name: 'My Bank', client_uri: 'https://evil.example' };
    expect(pageMessage({ kind: 'cookie_missing', client: impostor }).data.action?.label).toBe(
      'Go to My Bank (evil.example)',
    );
  });

  it.each(['javascript:alert(1)', 'mailto:a@b.example', '/path', '', 'data:text/html,x'])(
    'has no way back to %j',
    (client_uri) => {
      const view = pageMessage({ kind: 'interaction_expired', client: { ...client, client_uri } });
      expect(view.data.action).toBeUndefined();
    },
  );

  it('leads to the newer page, and back to the same one', () => {
    expect(
      pageMessage({ kind: 'superseded', liveUrl: 'https://a.example/2' }).data.action?.url,
    ).toBe('https://a.example/2');
    const again = { kind: 'form_not_ours', client, retryUrl: 'https://a.example/1' } as const;
    expect(pageMessage(again).data.action?.url).toBe('https://a.example/1');
  });

  it('says how long to wait', () => {
    const view = pageMessage({ kind: 'too_many_requests', retryAfterSeconds: 300 });
    expect(view.data.hint).toBe('Try again in 5 minutes.');
    expect(view.retryAfterSeconds).toBe(300);
    expect(pageMessage({ kind: 'unavailable' })).not.toHaveProperty('retryAfterSeconds');
  });

  it('names the error of an outage, that a program goes on by, and of no other failure', () => {
    const { data } = pageMessage({ kind: 'unavailable', retryAfterSeconds: 5 });
    expect(data.error).toBe('temporarily_unavailable');
    expect(pageMessage({ kind: 'unavailable' }).data).not.toHaveProperty('error');
  });

  it('shows developers what was sent, cut and without controls', () => {
    const { data } = pageMessage({
      kind: 'redirect_uri_not_registered',
      client,
      redirectUri: `https://evil.example/\u202E${'x'.repeat(10_000)}`,
    });
    expect(data.errorDescription).toMatch(
      /^not registered for notes: redirect_uri https:\/\/evil\.example\/x+…$/,
    );
    expect(data.errorDescription?.length).toBe(500);
  });
});

describe('a wait in words', () => {
  it.each([
    [0, 'in 1 second'],
    [1, 'in 1 second'],
    [1.2, 'in 2 seconds'],
    [90, 'in 90 seconds'],
    [91, 'in 2 minutes'],
    [300, 'in 5 minutes'],
    [5401, 'in 2 hours'],
  ])('%d seconds is %j', (seconds, words) => {
    expect(inWords(seconds)).toBe(words);
  });
});
