/**
 * Most bytes of values in one transaction. By default etcd refuses a request above 1.5 MiB, for good. The rest is for keys, comparisons and
 * the routers' records.
 */
const VALUES_BYTES = 1024 * 1024;

/** How many of these values, from the first one on, go into one transaction. At least one, if there is any. */
export function fitting(values: readonly unknown[]): number {
  let bytes = 0;
  const tooMany = values.findIndex((value) => {
    bytes += Buffer.byteLength(JSON.stringify(value));
    return bytes > VALUES_BYTES;
  });
  return tooMany === -1 ? values.length : Math.max(tooMany, 1);
}

/** The values in parts of at most `most`, each of which goes into one transaction. */
export function inParts<T>(values: readonly T[], most: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  let rest = values;
  while (rest.length > 0) {
    const part = rest.slice(0, fitting(rest.slice(0, most)));
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}

/** The outcome of a transaction that could not take all values. Those that are left need another transaction. */
export const TO_BE_CONTINUED = 'to be continued';

/** Writes until nothing is left. Each `write` is a transaction that looks again, and takes as many of the values that are left as fit. */
export async function untilNothingIsLeft<T>(write: () => Promise<T | typeof TO_BE_CONTINUED>): Promise<T> {
  for (;;) {
    const outcome = await write();
    if (outcome !== TO_BE_CONTINUED) return outcome;
  }
}
