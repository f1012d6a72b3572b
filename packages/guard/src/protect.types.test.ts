import express, { type Request } from 'express';
import { api, issuer, quiet, resources } from '../test/issuer.js';
import type { AccountAuth, ClientAuth, ProtectOptions } from './index.js';
import { createGuard } from './index.js';

const other = 'https://acme.example/other';
const guard = createGuard({
  issuer,
  resources: { ...resources, [other]: { scopes: { 'photos:read': 'See your photos' } } },
  logger: quiet,
});

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(value: T): T => value;

// Never called: what must compile, and what must not.
function compiles(): void {
  const app = express();
  app.use(guard.protect(api));
  app.use('/x', guard.protect(api, { scope: ['notes:read', 'notes:write'] }));
  app.use('/x', guard.protect(other, { scope: 'photos:read', acr: ['a'], maxAge: 60 }));

  app.get(
    '/notes/:id',
    guard.protect(api, { scope: 'notes:read' }, (req, res) => {
      holds<Equal<typeof req.auth, AccountAuth>>(true);
      res.json({ id: req.params.id, account: req.auth.accountId });
    }),
  );
  // Express cannot hand the parameters of the path through; who wants them typed names them.
  type NoteRequest = Request<{ id: string }> & { readonly auth: AccountAuth };
  app.get(
    '/notes/:id',
    guard.protect(api, { scope: 'notes:read' }, (req: NoteRequest, res) => {
      const id: string = req.params.id;
      res.json({ id, account: req.auth.accountId });
    }),
  );
  app.get(
    '/machine',
    guard.protect(api, { clients: true }, (req, res) => {
      holds<Equal<typeof req.auth, AccountAuth | ClientAuth>>(true);
      res.json({ id: req.auth.kind === 'account' ? req.auth.accountId : req.auth.clientId });
    }),
  );
  // Options whose type was widened may have `clients`, so its handler must expect a client.
  const wide: ProtectOptions<'notes:read'> = {};
  guard.protect(api, wide, (req) => holds<Equal<typeof req.auth, AccountAuth | ClientAuth>>(true));

  // @ts-expect-error unknown scope
  guard.protect(api, { scope: 'notes:raed' });
  // @ts-expect-error unknown scope in a list
  guard.protect(api, { scope: ['notes:read', 'notes:raed'] });
  // @ts-expect-error the scope of another resource
  guard.protect(api, { scope: 'photos:read' });
  // @ts-expect-error unknown resource
  guard.protect('https://acme.example/unknown', {});
  // @ts-expect-error a misspelt option, which would protect nothing
  guard.protect(api, { scopes: 'notes:read' });
  // @ts-expect-error a misspelt option beside a good one
  guard.protect(api, { scpoe: 'notes:read', maxAge: 60 });
  // @ts-expect-error only true, so that a handler's type can depend on it
  guard.protect(api, { clients: false });
  // @ts-expect-error tokens of clients carry no accountId
  guard.protect(api, { clients: true }, (req) => req.auth.accountId);
  // @ts-expect-error unknown resource
  guard.metadataFor('https://acme.example/unknown');
  // @ts-expect-error unknown scope
  void guard.verify(api, 'token', { scope: 'notes:raed' });
  // @ts-expect-error tokens of clients carry no accountId
  void guard.verify(api, 'token', { clients: true }).then((auth) => auth.accountId);
  void guard.verify(api, 'token').then((auth) => auth.accountId);
  // @ts-expect-error what passed is read, not written
  void guard.verify(api, 'token').then((auth) => auth.scopes.push('notes:write'));
}

describe('the types of protect', () => {
  it('hold, since this file compiles', () => {
    expect(compiles).toBeInstanceOf(Function);
  });
});
