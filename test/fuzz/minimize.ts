/** The smallest input found that still fails, by leaving out ever smaller pieces. */
export async function minimized(
  input: string,
  fails: (input: string) => Promise<boolean>,
  patience = 2_000,
): Promise<string> {
  let smallest = input;
  let tries = 0;
  for (let size = Math.ceil(input.length / 2); size >= 1 && tries < patience;) {
    let shrunk = false;
    for (let at = 0; at < smallest.length && tries < patience;) {
      const candidate = smallest.slice(0, at) + smallest.slice(at + size);
      tries += 1;
      if (await fails(candidate)) {
        smallest = candidate;
        shrunk = true;
      } else {
        at += size;
      }
    }
    if (!shrunk || size > smallest.length)
      size = size === 1 ? 0 : Math.ceil(Math.min(size, smallest.length) / 2);
  }
  return smallest;
}
