import type { IncomingMessage } from 'node:http';

/** The caller's address by the host's `trust proxy`. */
export function addressOf(req: IncomingMessage): string {
  return (req as { ip?: string }).ip ?? req.socket.remoteAddress ?? '';
}
