import { signingAlgorithms } from '../authorize/key-algorithm.js';
import type { Features } from '../plugin.js';
import { pushedPath } from './engine-paths.js';

/**
 * What the metadata document says of requests that do not come as a query: nothing where there are none.
 *
 * @see [RFC 9101 §10.5](https://www.rfc-editor.org/rfc/rfc9101.html#section-10.5),
 * [RFC 9126 §5](https://www.rfc-editor.org/rfc/rfc9126.html#section-5)
 */
export function requestMetadata(
  issuer: string,
  { requestObjects, pushedRequests }: Partial<Features>,
): Readonly<Record<string, unknown>> {
  const objects = {
    request_parameter_supported: true,
    request_object_signing_alg_values_supported: signingAlgorithms,
    // Discovery §3: left out it would mean true. Nothing is ever fetched from where a `request_uri` leads.
    request_uri_parameter_supported: false,
  };
  const pushed = {
    pushed_authorization_request_endpoint: `${issuer}${pushedPath}`,
    ...(pushedRequests?.required ? { require_pushed_authorization_requests: true } : {}),
  };
  return { ...(requestObjects ? objects : {}), ...(pushedRequests ? pushed : {}) };
}
