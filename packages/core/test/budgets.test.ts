import type { Store } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { type FlowRounds, overBudget, walkRounds } from './flow-rounds.js';
import { countedStore, roundCounter } from './round-counter.js';

/** The rounds of each flow at the interface of a store. */
function roundsOn(store: Store): Promise<FlowRounds> {
  const counter = roundCounter();
  return walkRounds(counter, { store: countedStore(store, counter), before: [counter.middleware] });
}

describe('the sequential store rounds of each flow', () => {
  let counted: FlowRounds;
  beforeAll(async () => {
    counted = await roundsOn(memoryStore());
  });

  it('are within the budgets', () => {
    expect(overBudget(counted)).toEqual([]);
  });

  it('are what they are', () => {
    expect(counted).toEqual({
      'authorize: web': 2,
      'authorize: spa': 2,
      'authorize: partner': 2,
      'code exchange: JWT': 2,
      'code exchange: opaque': 2,
      'refresh: JWT': 2,
      'refresh: opaque': 2,
      'refresh: JWT, repeated': 2,
      'refresh: opaque, repeated': 2,
      'introspection: opaque': 1,
      'introspection: opaque, by the resource': 1,
      'introspection: refresh token': 1,
      'introspection: JWT': 2,
      "introspection: a client's JWT": 2,
      'introspection: unknown': 1,
      'client_credentials: opaque': 1,
      'client_credentials: JWT': 0,
      'guard: JWT': 0,
      'guard: opaque': 1,
      'private_key_jwt: code exchange': 2,
      'private_key_jwt: refresh': 2,
      'private_key_jwt: client_credentials, JWT': 1,
      'private_key_jwt: client_credentials, opaque': 1,
      'private_key_jwt: introspection': 3,
      'private_key_jwt: introspection, unknown': 2,
      'client authentication that fails': 0,
      'client that is not there': 1,
    });
  });
});

describe('a store without findRelated', () => {
  it('keeps the budgets of authorization, exchange and refresh, with what one record points to read at once', async () => {
    const { findRelated: _none, ...plain } = memoryStore();
    const counted = await roundsOn(plain);
    for (const flow of ['authorize: web', 'code exchange: JWT', 'refresh: JWT'] as const) {
      expect(counted[flow]).toBeLessThanOrEqual(3);
    }
  });
});
