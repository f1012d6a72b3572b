import type { ServerResponse } from 'node:http';

/** Takes the CORS headers of a reply away: the host's, where ours decide, or the engine's, where nobody asked. */
export function dropCors(res: Pick<ServerResponse, 'getHeaderNames' | 'removeHeader'>): void {
  for (const name of res.getHeaderNames()) {
    if (name.startsWith('access-control-')) res.removeHeader(name);
  }
}
