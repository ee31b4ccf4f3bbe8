import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from '../../local/connection.ts';
import { Proxy } from '../../local/proxy.ts';
import { sharedStack } from '../world/stack.ts';

describe('a connection of a test or a benchmark', () => {
  it('ends a call that waits for its next attempt when it is closed, and does not end the process', async function () {
    this.timeout(60_000);
    const { temporal } = await sharedStack();
    const proxy = await Proxy.open(temporal.address);
    try {
      const connection = await openConnection(proxy.endpoint);
      proxy.closed = true;
      proxy.drop();
      const call = connection.workflowService.getClusterInfo({}).then(
        () => 'answered',
        (error: Error) => error.message,
      );
      // By now the first attempt has failed, and the timer of the next attempt runs.
      await sleep(50);
      await connection.close();
      assert.match(await call, /shut down|cancel/i);
    } finally {
      await proxy.close();
    }
  });
});
