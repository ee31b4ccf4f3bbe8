import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { endsOnClosedChannel, safeInterceptors } from '../../client/closed-channel.ts';
import { freePort } from '../../local/ports.ts';

describe('a connection that is closed under a call', () => {
  it('ends the call, and not the process, when its retry comes', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const connection = Connection.lazy({ address, interceptors: [...safeInterceptors] });
    const call = connection.workflowService.getSystemInfo({}).then(
      () => 'answered',
      (error: Error) => error.message,
    );
    // No server listens there: the first attempt has failed, and the next is under way, when the channel is closed.
    await sleep(50);
    await connection.close();
    assert.match(await call, /shut down|cancel/i);
  });

  it('reports what gRPC threw as the status of the call', () => {
    const call = endsOnClosedChannel({} as never, () => {
      throw new Error('Channel has been shut down');
    });
    const statuses: { readonly code: number; readonly details: string }[] = [];
    call.start({} as never, {
      onReceiveStatus: (status: { code: number; details: string }) => statuses.push(status),
    });
    assert.deepEqual(
      statuses.map(({ code, details }) => [code, details]),
      [[1, 'Channel has been shut down']],
    );
  });
});
