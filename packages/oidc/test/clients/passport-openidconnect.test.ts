import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy, { type VerifyCallback } from 'passport-openidconnect';
import type { TestHost } from '../../../core/test/host.js';
import { answerOf, start } from '../../../core/test/interaction-page.js';
import { basic, send } from '../../../core/test/machine-client.js';
import { browserAgent } from '../../../core/test/browser-agent.js';
import { startProvider } from '../provider.js';
import { mounts, type RelyingParty, secret, startRelyingParty, visitor } from './relying-party.js';

/** What the app keeps of a person. */
interface Kept {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly idToken: string;
  readonly refreshToken: string;
}

describe.each(mounts)('passport-openidconnect, of a provider at "%s"', (mount) => {
  let host: TestHost;
  let party: RelyingParty;
  beforeAll(async () => {
    party = await startRelyingParty();
    host = await startProvider({
      mount,
      clients: [
        {
          client_id: 'passport',
          client_secret: secret,
          redirect_uris: [`${party.origin}/cb`],
          post_logout_redirect_uris: [`${party.origin}/bye`],
          scope: 'openid profile email',
          firstParty: true,
          // The strategy knows no PKCE. It sends a nonce where it is told to.
          pkce: false,
        },
      ],
    });
    addRoutes();
  });
  afterAll(async () => {
    await host.close();
    await party.close();
  });

  function addRoutes(): void {
    const { app, origin } = party;
    const { issuer } = host;
    const people = new passport.Passport();
    people.serializeUser((user, done) => done(null, user));
    people.deserializeUser((user: Express.User, done) => done(null, user));
    people.use(
      new OpenIDConnectStrategy(
        {
          issuer,
          authorizationURL: `${issuer}/authorize`,
          tokenURL: `${issuer}/token`,
          userInfoURL: `${issuer}/userinfo`,
          clientID: 'passport',
          clientSecret: secret,
          callbackURL: `${origin}/cb`,
          scope: ['profile', 'email'],
          nonce: 'send one',
          skipUserProfile: false,
        },
        (
          _issuer: string,
          profile: passport.Profile,
          _context: object,
          idToken: string | object,
          _accessToken: string | object,
          refreshToken: string,
          _params: unknown,
          done: VerifyCallback,
        ) => {
          const { id, displayName: name, emails } = profile;
          const email = emails?.[0]?.value;
          done(null, { id, name, email, idToken, refreshToken } as Express.User);
        },
      ),
    );
    app.use(session({ secret: 'of-the-app', resave: false, saveUninitialized: false }));
    app.use(people.session() as never);
    app.get('/login', people.authenticate('openidconnect'));
    app.get('/cb', people.authenticate('openidconnect'), (_req, res) => res.redirect('/me'));
    app.get('/me', (req, res) => void res.json(req.user ?? null));
    app.get('/logout', (req, res, next) => {
      const { idToken = '' } = (req.user ?? {}) as Partial<Kept>;
      const query = new URLSearchParams({
        id_token_hint: idToken,
        post_logout_redirect_uri: `${origin}/bye`,
      });
      req.logout((error) => (error ? next(error) : res.redirect(`${issuer}/logout?${query}`)));
    });
    app.get('/bye', (_req, res) => void res.send('<h1>Bye</h1>'));
  }

  it('logs in with userinfo, refreshes and logs out', async () => {
    const browser = visitor(host, party);
    const me = await browser.visit(`${party.origin}/login`);
    const kept = JSON.parse(me.text) as Kept;
    expect(kept).toMatchObject({ id: 'ada', name: 'Ada', email: 'ada@people.test' });

    // Refreshing is no part of the strategy: apps send the request themselves.
    const refresh = (refresh_token: string): ReturnType<typeof send> =>
      send(
        host,
        '/token',
        { grant_type: 'refresh_token', refresh_token },
        { authorization: basic('passport', secret) },
      );
    const renewed = await refresh(kept.refreshToken);
    expect([renewed.status, renewed.body.id_token]).toEqual([200, expect.any(String)]);

    expect((await browser.visit(`${party.origin}/logout`)).text).toContain('Bye');
    expect(browser.trail.slice(-2)).toEqual([`${host.issuer}/logout`, `${party.origin}/bye`]);
    expect((await browser.visit(`${party.origin}/me`)).text).toBe('null');
    expect((await refresh(String(renewed.body.refresh_token))).body.error).toBe('invalid_grant');
    browser.trail.length = 0;
    await browser.visit(`${party.origin}/login`);
    expect(browser.trail.filter((url) => url.includes('/interaction/'))).not.toEqual([]);
  });

  it('cannot leave out the nonce with which its code is bound to the browser', async () => {
    const more = {
      scope: 'openid',
      redirect_uri: `${party.origin}/cb`,
      code_challenge: '',
      code_challenge_method: '',
    };
    const back = await start(host, browserAgent(host.origin), 'passport', more);
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request' });
  });
});
