import { createExpiringCache } from './expiring-cache.js';

describe('createExpiringCache', () => {
  it('forgets what expired', () => {
    const cache = createExpiringCache<string>(10);
    cache.set('a', 'x', 100);
    expect(cache.get('a', 99.9)).toBe('x');
    expect(cache.get('a', 100)).toBeUndefined();
    expect(cache.get('a', 0)).toBeUndefined();
  });

  it('forgets what was unused for longest when it is full', () => {
    const cache = createExpiringCache<string>(2);
    cache.set('a', 'x', 100);
    cache.set('b', 'y', 100);
    cache.get('a', 0);
    cache.set('c', 'z', 100);
    expect(['a', 'b', 'c'].map((key) => cache.get(key, 0))).toEqual(['x', undefined, 'z']);
  });

  it('replaces a value without growing', () => {
    const cache = createExpiringCache<string>(2);
    for (const value of ['x', 'y', 'z']) cache.set('a', value, 100);
    cache.set('b', 'y', 100);
    expect([cache.get('a', 0), cache.get('b', 0)]).toEqual(['z', 'y']);
  });

  it('holds nothing with a size of 0', () => {
    const cache = createExpiringCache<string>(0);
    cache.set('a', 'x', 100);
    expect(cache.get('a', 0)).toBeUndefined();
  });
});
