/** Adds parameters to the query of an address, and leaves the rest of it as it is. */
export function addParams(
  url: string,
  params: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(params).filter((entry): entry is [string, string] => !!entry[1]);
  if (given.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(given)}`;
}
