import { createHash } from 'node:crypto';

/** Fetches a file. Throws with the reason in one line, at the latest after `limit` milliseconds. */
export async function download(address, limit) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(limit) });
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    throw new Error(`download: ${error.cause?.code ?? error.cause?.message ?? error.message}`, {
      cause: error,
    });
  }
}

/** Throws unless `bytes` have the SHA-256 that the publisher's list (`<sum>  <name>` per line) gives for `name`. */
export function verifyAgainstSums(bytes, name, sums) {
  const line = sums.split('\n').find((line) => line.trim().split(/\s+\*?/)[1] === name);
  if (line === undefined) throw new Error(`the publisher's list has no checksum for ${name}`);
  const expected = line.trim().split(/\s+/)[0];
  const got = createHash('sha256').update(bytes).digest('hex');
  if (got !== expected) throw new Error(`${name}: expected SHA-256 ${expected}, got ${got}`);
}
