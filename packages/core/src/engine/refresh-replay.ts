import { hkdfSync } from 'node:crypto';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.js';
import { hashOf, openWith, sealWith } from '../secrets.js';
import type { StoredRecord } from '../store.js';
import type { UnitOfWork } from './unit-of-work.js';

/** A refresh that was answered before. */
export interface RepeatedRefresh {
  readonly answer: Record<string, unknown>;
  readonly grantId?: string;
}

/**
 * A refresh token that is presented again gets the same answer again, for a short window and while its successor is unused:
 * two tabs, a lost reply or a restart log nobody out. After that it is theft (RFC 9700 §4.14.2).
 */
export interface RefreshReplay {
  /** The kept answer, when this presentation is entitled to it. */
  repeat(
    unit: UnitOfWork,
    record: StoredRecord,
    value: string,
    ctx: KoaContextWithOIDC | undefined,
  ): Promise<RepeatedRefresh | undefined>;
  /** Seals an answer for the receipt of the consumed token. Nothing when the window is 0. */
  receiptFor(value: string, ctx: KoaContextWithOIDC): string | undefined;
}

/** Windows in seconds, by whether the client is public. */
export interface ReplayWindows {
  readonly public: number;
  readonly confidential: number;
}

/** Keeps answers under a key that is derived from the presented token, so the store alone yields nothing. */
export function createRefreshReplay(windows: ReplayWindows, clock: Clock): RefreshReplay {
  return {
    async repeat(unit, record, value, ctx) {
      const { receipt, at } = record.consumed ?? { at: 0 };
      // Elsewhere, at introspection or revocation, a consumed token is a consumed token.
      if (!receipt || ctx?.oidc.route !== 'token') return undefined;
      if (clock.now() - at > windowOf(ctx, windows)) return undefined;
      const text = openWith(keyOf(value), receipt, bindingOf(ctx));
      if (text === undefined) return undefined;
      const answer = JSON.parse(text) as Record<string, unknown>;
      const successor = await unit.find('RefreshToken', {
        id: hashOf(String(answer.refresh_token)),
      });
      if (!successor || successor.consumed) return undefined;
      const { grantId } = record.keys;
      return grantId === undefined ? { answer } : { answer, grantId };
    },
    receiptFor(value, ctx) {
      if (windowOf(ctx, windows) === 0) return undefined;
      return sealWith(keyOf(value), JSON.stringify(ctx.body), bindingOf(ctx));
    },
  };
}

function windowOf(ctx: KoaContextWithOIDC, windows: ReplayWindows): number {
  return ctx.oidc.client?.clientAuthMethod === 'none' ? windows.public : windows.confidential;
}

function keyOf(value: string): Buffer {
  return Buffer.from(hkdfSync('sha256', value, 'gatehouse', 'refresh-answer', 32));
}

// The same request only: another scope or resource would hand out what this presentation did not ask for.
function bindingOf({ oidc: { client, params } }: KoaContextWithOIDC): string {
  return JSON.stringify([client?.clientId, params?.scope ?? '', params?.resource ?? '']);
}
