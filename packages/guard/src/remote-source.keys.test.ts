import { KeyObject } from 'node:crypto';
import {
  type IssuerServer,
  issuerServer,
  json,
  jwksPath,
  metadataPath,
} from '../test/issuer-server.js';
import { forge, quiet, resources, sign } from '../test/issuer.js';
import { controlMonotonicClock } from '../test/monotonic-clock.js';
import { claimsOf, first, guardOf, outcome, second, timesAsked } from '../test/remote-guard.js';
import { createGuard } from './index.js';

const clock = controlMonotonicClock();
let server: IssuerServer;
beforeEach(async () => {
  server = await issuerServer(first);
});
afterEach(() => server.close());

describe('keys of a remote issuer', () => {
  it('are found by its metadata, once for all who wait', async () => {
    const guard = guardOf(server);
    expect(server.asked).toEqual([]);
    const token = await sign(first, claimsOf(server));
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcome(guard, token)));
    expect(outcomes).toEqual(Array(5).fill('passed'));
    expect(server.asked).toEqual([metadataPath, jwksPath]);
  });

  it('are the default of a guard', async () => {
    const { issuer } = server;
    const guard = createGuard({ issuer, resources, logger: quiet });
    expect(await outcome(guard, await sign(first, claimsOf(server)))).toBe('passed');
  });

  it('come from a given address without metadata', async () => {
    const guard = guardOf(server, { jwksUri: `${server.url}${jwksPath}` });
    expect(await outcome(guard, await sign(first, claimsOf(server)))).toBe('passed');
    expect(server.asked).toEqual([jwksPath]);
  });

  it('are looked for again when a token names a new one', async () => {
    const guard = guardOf(server);
    await outcome(guard, await sign(first, claimsOf(server)));
    server.keys = [first, second];
    clock.advance(10);
    const token = await sign(second, claimsOf(server));
    expect(await Promise.all([outcome(guard, token), outcome(guard, token)])).toEqual([
      'passed',
      'passed',
    ]);
    expect(timesAsked(server, jwksPath)).toBe(2);
  });

  it('are not fetched in a flood of unknown key ids', async () => {
    const guard = guardOf(server);
    await outcome(guard, await sign(first, claimsOf(server)));
    for (let index = 0; index < 50; index += 1) {
      const token = forge(
        { alg: 'ES256', kid: `made-up-${index}`, typ: 'at+jwt' },
        claimsOf(server),
      );
      expect(await outcome(guard, token)).toBe('401 signature');
    }
    expect(timesAsked(server, jwksPath)).toBe(1);
  });

  it('are not fetched again and again for one unknown key id', async () => {
    const guard = guardOf(server);
    await outcome(guard, await sign(first, claimsOf(server)));
    const unknown = await sign(second, claimsOf(server));
    for (let index = 0; index < 3; index += 1) {
      clock.advance(15);
      expect(await outcome(guard, unknown)).toBe('401 signature');
    }
    expect(timesAsked(server, jwksPath)).toBe(2);
  });

  it('are found after the pause even when a token named them within it', async () => {
    const guard = guardOf(server);
    await outcome(guard, await sign(first, claimsOf(server)));
    server.keys = [first, second];
    const token = await sign(second, claimsOf(server));
    expect(await outcome(guard, token)).toBe('401 signature');
    clock.advance(10);
    expect(await outcome(guard, token)).toBe('passed');
  });

  it('stop counting when the issuer withdraws them', async () => {
    const guard = guardOf(server);
    const token = await sign(first, claimsOf(server));
    expect(await outcome(guard, token)).toBe('passed');
    server.keys = [second];
    clock.advance(600);
    expect(await outcome(guard, token)).toBe('401 signature');
  });

  it('stay in use while the issuer cannot be reached', async () => {
    const guard = guardOf(server);
    const token = await sign(first, claimsOf(server));
    expect(await outcome(guard, token)).toBe('passed');
    server.replies.set(jwksPath, json({}, 500));
    clock.advance(86_400);
    expect(await outcome(guard, token)).toBe('passed');
    expect(await outcome(guard, await sign(second, claimsOf(server)))).toBe('503 source');
    expect(await outcome(guard, token)).toBe('passed');
  });

  it('are asked for again soon after the issuer was down at start', async () => {
    const guard = guardOf(server);
    server.replies.set(metadataPath, json({}, 503));
    const token = await sign(first, claimsOf(server));
    expect(await outcome(guard, token)).toBe('503 source');
    server.replies.clear();
    expect(await outcome(guard, token)).toBe('503 source');
    expect(server.asked).toEqual([metadataPath]);
    clock.advance(2);
    expect(await outcome(guard, token)).toBe('passed');
  });

  it.each([
    ['no key set', {}],
    ['keys that are no list', { keys: {} }],
    ['a list', []],
  ])('are not believed when the answer is %s', async (_case, answer) => {
    server.replies.set(jwksPath, json(answer));
    expect(await outcome(guardOf(server), await sign(first, claimsOf(server)))).toBe('503 source');
  });

  it('are not used when they are for encryption, broken, or ambiguous', async () => {
    const { kty, crv, x, y } = KeyObject.from(first.publicKey).export({
      format: 'jwk',
    });
    const jwk = { kty, crv, x, y };
    for (const keys of [
      [{ ...jwk, kid: 'one', use: 'enc' }],
      [{ ...jwk, kid: 'one', alg: 'ES384' }],
      [{ kid: 'one', kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
      [{ kid: 'one', kty: 'oct', k: 'AA' }],
    ]) {
      server.replies.set(jwksPath, json({ keys }));
      expect(await outcome(guardOf(server), await sign(first, claimsOf(server)))).toBe(
        '401 signature',
      );
    }
    const unnamed = await sign(first, claimsOf(server), { kid: undefined });
    server.replies.set(jwksPath, json({ keys: [jwk, jwk] }));
    expect(await outcome(guardOf(server), unnamed)).toBe('401 signature');
    server.replies.set(jwksPath, json({ keys: [jwk] }));
    expect(await outcome(guardOf(server), unnamed)).toBe('passed');
  });
});
