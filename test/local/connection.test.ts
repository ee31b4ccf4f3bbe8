import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from '../../local/connection.ts';
import { Proxy } from '../../local/proxy.ts';
import { sharedStack } from '../world/stack.ts';

describe('a connection of a test or a benchmark', () => {
  it('ends a call that is to be tried again when it is closed, and not the process', async function () {
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
      // The first attempt has failed, and the timer of the next one runs, when the connection is closed.
      await sleep(50);
      await connection.close();
      assert.match(await call, /shut down|cancel/i);
    } finally {
      await proxy.close();
    }
  });
});
