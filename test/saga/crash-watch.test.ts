import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CONFIG_WATCH_ID, DEFAULT_WATCH_POLICY } from '../../gateway/config-watch.ts';
import { main } from '../../command/run.ts';
import type { ChildProgram } from '../../local/child.ts';
import { startEtcd } from '../../local/etcd-process.ts';
import { startTemporal } from '../../local/temporal-process.ts';
import { startWorker } from '../../local/worker-process.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { fakeIo } from '../command/fake-io.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

const PAIRS = 2;
const policy = { watch: { ...DEFAULT_WATCH_POLICY, relistSeconds: 5 } };
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const times = { program: path('watch-worker.ts'), module: path('watch-times.ts') };
/** Longer than Temporal waits for a heartbeat of the watch. */
const FROZEN_MS = 9_000;

describe('the watch over /config', function () {
  this.timeout(120_000);
  let site: WatchSite;
  const workers = new Map<number, ChildProgram>();
  let names = 0;
  const newWorker = async () => {
    const name = `worker-${(names += 1)}`;
    const worker = await startWorker(site.stack, { watch: true, policy, name, times });
    workers.set(worker.pid, worker);
  };
  /** The worker that watches, once it has told so. */
  const watching = async (not?: ChildProgram): Promise<ChildProgram> => {
    const { report } = await site.untilStatus(
      (one) =>
        one.report !== null && workers.has(pidOf(one.report.worker)) && pidOf(one.report.worker) !== not?.pid,
    );
    return workers.get(pidOf(report?.worker ?? '')) as ChildProgram;
  };
  const end = async (worker: ChildProgram, signal: NodeJS.Signals) => {
    worker.signal(signal);
    await worker.exited;
    workers.delete(worker.pid);
  };
  const pidOf = (identity: string) => Number(identity.split('@')[0]);
  const write = (count: number): Promise<TestGateway[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => site.write('vpn_gateway', index % PAIRS)));
  const assertCreated = async (gateways: readonly TestGateway[]) => {
    for (const gateway of gateways)
      assert.deepEqual(await site.untilWord(gateway, 1), [{ version: 1, word: 'CREATE_COMPLETED' }]);
  };
  const command = async (...argv: readonly string[]) => {
    const io = fakeIo(site.stack.environment);
    return { code: await main(['watch', ...argv], io), out: io.out() };
  };

  before(async () => {
    site = await openWatchSite(PAIRS);
    await newWorker();
    await newWorker();
  });
  after(async () => {
    // They would wait in vain for what the lost server had given them.
    for (const worker of workers.values()) await end(worker, 'SIGKILL');
    await site.close();
  });

  it('is taken over from a worker that is killed while it asks, and every gateway is made once', async () => {
    const killed = await watching();
    const first = await write(6);
    await site.untilStarted(first);
    await end(killed, 'SIGKILL');
    const second = await write(2);
    await assertCreated([...first, ...second]);
    await watching(killed);
    await newWorker();
  });

  it('is handed over by a worker that ends, sooner than a heartbeat would be missed', async () => {
    const ended = await watching();
    await end(ended, 'SIGTERM');
    const began = performance.now();
    const [gateway] = await write(1);
    await watching(ended);
    assert.ok(performance.now() - began < 4_000, `after ${performance.now() - began} ms`);
    await assertCreated([gateway as TestGateway]);
    await newWorker();
  });

  it('is taken over from a worker that is frozen, which asks for nothing when it wakes up', async () => {
    const frozen = await watching();
    frozen.signal('SIGSTOP');
    const began = performance.now();
    const gateways = await write(4);
    await watching(frozen);
    await setTimeout(FROZEN_MS - (performance.now() - began));
    frozen.signal('SIGCONT');
    await assertCreated(gateways);
    await site.listedTwice();
    assert.notEqual(pidOf((await site.status()).report?.worker ?? ''), frozen.pid);
    for (const gateway of gateways) assert.equal(await site.runs(gateway), 1);
  });

  it('stays stopped, whichever workers start, until somebody starts it', async () => {
    const stop = await command('stop');
    const { stopped, active } = await site.status();
    assert.ok(!active && stop.out.startsWith(`stopped since ${String(stopped)}\n`), stop.out);
    const gateways = await write(2);
    for (const worker of workers.values()) await end(worker, 'SIGTERM');
    await newWorker();
    const status = await command('status');
    assert.equal(status.code, 1, status.out);
    assert.ok(status.out.startsWith(`stopped since ${String(stopped)}\n`), status.out);
    for (const gateway of gateways) assert.equal(await site.runs(gateway), 0);
    assert.equal((await command('start')).code, 0);
    await assertCreated(gateways);
    assert.equal((await command('status')).code, 0);
  });

  it('is stopped by a cancel as well', async () => {
    await site.temporal.workflow.getHandle(CONFIG_WATCH_ID).cancel();
    const { book } = await site.untilStatus(({ stopped, active }) => stopped !== null && !active);
    assert.match(book[0] ?? '', /cancelled: stopped$/);
    await command('start');
    await assertCreated(await write(1));
  });

  it('is started again after somebody has terminated it, and keeps its log book', async () => {
    const handle = site.temporal.workflow.getHandle(CONFIG_WATCH_ID);
    const before = await site.status();
    await handle.terminate();
    const begun = before.report?.since ?? assert.fail();
    const again = await site.untilStatus(({ report }) => report !== null && report.since > begun);
    assert.equal(again.since, before.since);
    assert.deepEqual(again.book.slice(-before.book.length), before.book);
    assert.ok(again.book.length > before.book.length, 'nothing was listed again');
    await assertCreated(await write(1));
  });

  it('goes on after etcd was killed and has come back', async () => {
    const { child, endpoints } = site.stack.etcd;
    child.signal('SIGKILL');
    await child.exited;
    await site.untilStatus(({ report }) => /etcd/.test(report?.waits ?? ''));
    await startEtcd(site.stack.run, Number(endpoints[0]?.split(':')[1]));
    await assertCreated(await write(2));
    await site.untilStatus(({ report }) => report?.waits === null);
  });

  it('begins anew where Temporal has lost everything', async () => {
    const { child, address, ui } = site.stack.temporal;
    child.signal('SIGKILL');
    await child.exited;
    const gateways = await write(2);
    const port = Number(address.split(':')[1]);
    const uiPort = Number(new URL(ui).port);
    await startTemporal(site.stack.run, { port, uiPort, searchAttributes: true });
    await assertCreated(gateways);
    await site.untilStatus(({ report }) => report?.differing === 0);
  });
});
