/** The router and the stanza that a claim's key names; `undefined` for any other key. */
export function parseClaimKey(
  key: string,
): { readonly routerId: string; readonly stanza: readonly string[] } | undefined {
  const match = /^\/gateway-saga\/claims\/([^/]+)\/([^/]+)$/.exec(key);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  try {
    return { routerId: match[1], stanza: match[2].split(' ').map(decodeURIComponent) };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
