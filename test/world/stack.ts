/** One etcd and one Temporal server for all tests of this mocha process, because starting them takes seconds. */
import { startStack } from '../../local/stack.ts';
import type { Stack } from '../../local/stack.ts';

let starting: Promise<Stack> | undefined;

export function sharedStack(): Promise<Stack> {
  starting ??= startStack();
  return starting;
}

after('end the shared stack', async function () {
  this.timeout(30_000);
  await (await starting)?.stop();
});
