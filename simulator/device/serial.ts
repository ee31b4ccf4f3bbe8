/** One at a time, in the order asked: what activates or falls back must not overlap. */

export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  // Its promise is another one than the one that is caught here: a failure that its caller does not hear is not silent.
  return async (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
