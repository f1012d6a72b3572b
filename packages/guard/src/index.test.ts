import * as guard from './index.js';

describe('the package', () => {
  it('exports these values', () => {
    expect(Object.keys(guard).sort()).toEqual(['GuardError', 'createGuard', 'remoteSource']);
  });
});
