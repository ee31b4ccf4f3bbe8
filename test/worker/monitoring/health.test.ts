import assert from 'node:assert/strict';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Etcd3 } from 'etcd3';
import { openStore } from '../../../etcd/store.ts';
import type { Store } from '../../../etcd/store.ts';
import { TASK_QUEUE } from '../../../gateway/messages.ts';
import { startEtcd } from '../../../local/etcd-process.ts';
import { freePort } from '../../../local/ports.ts';
import { openRun } from '../../../local/run.ts';
import type { Run } from '../../../local/run.ts';
import { Monitoring } from '../../../worker/monitoring/index.ts';
import { newNamespace, temporal } from '../../client/temporal.ts';
import { installQuietRuntime } from '../../world/quiet-runtime.ts';

const TIMES = { pauseMs: 50, answerMs: 1_000, goodMs: 400 };

describe('the health endpoint of a worker', function () {
  this.timeout(60_000);
  let run: Run;
  let store: Store;
  let port: number;
  let monitoring: Monitoring;
  before(async () => {
    installQuietRuntime();
    run = await openRun();
    port = await freePort();
    store = openStore({ endpoints: [`127.0.0.1:${port}`] });
    monitoring = await Monitoring.open({ health: '127.0.0.1:0' }, TIMES);
  });
  after(async () => {
    await monitoring.close();
    store.close();
    await run.close();
  });

  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${monitoring.healthPort}${path}`, { method });
    return { status: answer.status, lines: (await answer.text()).trimEnd().split('\n') };
  };
  const untilLines = async (expected: readonly (RegExp | string)[]) => {
    for (;;) {
      const { status, lines } = await get('/readyz');
      const isSame =
        lines.length === expected.length && lines.every((line, index) => line.match(expected[index] ?? '^$'));
      if (isSame) return status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('tells what a worker waits for, one line per cause, and that it is alive meanwhile', async () => {
    assert.deepEqual(await get('/readyz'), {
      status: 503,
      lines: ['etcd was not asked yet', 'Temporal has not answered yet'],
    });
    assert.deepEqual(await get('/healthz'), { status: 200, lines: ['alive'] });
    assert.equal((await get('/')).status, 404);
    assert.equal((await get('//')).status, 404);
    assert.equal((await get('/healthz', 'POST')).status, 405);
  });

  it('is ready once etcd and Temporal answer and the worker polls, and not while etcd is away or full', async () => {
    let etcd = await startEtcd(run, port);
    const { address, bundle } = await temporal();
    const namespace = await newNamespace('without attributes');
    const connection = await NativeConnection.connect({ address });
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle: bundle,
    });
    const raw = new Etcd3({ hosts: `127.0.0.1:${port}` });
    monitoring.watchEtcd(store, { sessions: new Map() });
    monitoring.watchTemporal(connection, worker);
    try {
      assert.equal(
        await untilLines([/^the worker does not run/, /^Temporal has not seen the worker poll/]),
        503,
      );
      const running = worker.run();
      assert.equal(await untilLines(['ready']), 200);

      await etcd.child.stop();
      assert.equal(await untilLines([/^etcd has not answered for 0\.4 s: .+/]), 503);
      assert.equal((await get('/healthz')).status, 200);
      etcd = await startEtcd(run, port);
      assert.equal(await untilLines(['ready']), 200);

      const { maintenance } = raw;
      const alarm = { memberID: '0', alarm: 'Nospace' } as const;
      await maintenance.alarm({ ...alarm, action: 'Activate' });
      assert.equal(await untilLines([/^etcd takes no writes: it has the alarm NOSPACE$/]), 503);
      assert.equal((await get('/healthz')).status, 200);
      await maintenance.alarm({ ...alarm, action: 'Deactivate' });
      assert.equal(await untilLines(['ready']), 200);

      worker.shutdown();
      await running;
      assert.equal(await untilLines([/^the worker does not run: it is stopped$/]), 503);
    } finally {
      raw.close();
      await monitoring.close();
      await connection.close();
      await etcd.child.stop();
    }
  });
});
