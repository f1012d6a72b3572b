import type { KoaContextWithOIDC } from 'oidc-provider';

interface ErrorBody {
  error?: string;
  error_description?: string;
}

// The engine says `invalid_request` where RFC 6749 §5.2 has a code of its own.
const corrections: readonly {
  readonly description: string;
  readonly error: string;
  readonly status: number;
}[] = [
  {
    description: 'requested grant type is not allowed for this client',
    error: 'unauthorized_client',
    status: 400,
  },
  {
    description: 'no client authentication mechanism provided',
    error: 'invalid_client',
    status: 401,
  },
  {
    description: 'client_secret must be provided in the Authorization header',
    error: 'invalid_client',
    status: 401,
  },
];

/** Gives an error reply of the machine endpoints the code that the RFC registers for it. */
export function correctErrorCode(ctx: KoaContextWithOIDC): void {
  if (ctx.status < 400 || typeof ctx.body !== 'object' || ctx.body === null) return;
  const body = ctx.body as ErrorBody;
  const correction = corrections.find(({ description }) => description === body.error_description);
  if (!correction || body.error !== 'invalid_request') return;
  ctx.status = correction.status;
  body.error = correction.error;
  // To a client that used the header, and only to it.
  if (correction.status === 401 && ctx.get('authorization') !== '') {
    ctx.set('WWW-Authenticate', `Basic realm="${ctx.oidc.issuer}", error="${correction.error}"`);
  }
}
