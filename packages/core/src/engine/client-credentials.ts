/** Who says to be calling, for counting failed attempts: nothing of it is proven. */
export function credentialsOf(
  authorization: string | undefined,
  fields: ReadonlyMap<string, string>,
): string {
  const basic = decodeBasic(authorization);
  if (basic) return basic.id;
  const assertion = fields.get('client_assertion');
  return fields.get('client_id') ?? subjectOf(assertion) ?? '';
}

/**
 * A public client that sends `Authorization: Basic id:` with an empty secret is that public client: some libraries cannot leave
 * the header out. A header that goes with another credential, or names another client, stays and is refused.
 */
export async function withoutEmptySecret(
  authorization: string | undefined,
  text: string,
  isPublic: (clientId: string) => Promise<boolean>,
): Promise<{ authorization: string | undefined; text: string }> {
  const basic = decodeBasic(authorization);
  if (basic?.secret !== '' || !(await isPublic(basic.id))) return { authorization, text };
  const params = new URLSearchParams(text);
  const others = params.getAll('client_id').some((id) => id !== basic.id);
  if (others || params.has('client_secret') || params.has('client_assertion')) {
    return { authorization, text };
  }
  if (!params.has('client_id')) params.set('client_id', basic.id);
  return { authorization: undefined, text: params.toString() };
}

function decodeBasic(
  authorization: string | undefined,
): { id: string; secret: string } | undefined {
  const encoded = /^basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  return { id: decode(text.slice(0, colon)), secret: text.slice(colon + 1) };
}

// RFC 6749 §2.3.1: both parts are form-urlencoded before they are put together.
function decode(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', '%20'));
  } catch {
    return part;
  }
}

function subjectOf(assertion: string | undefined): string | undefined {
  const body = assertion?.split('.')[1];
  if (body === undefined) return undefined;
  try {
    const { sub } = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as {
      sub?: unknown;
    };
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}
