/** One etcd for all tests of this mocha process that don't stop, freeze or compact it: each takes half a second to start. */
import { startEtcd } from '../../local/etcd-process.ts';
import type { EtcdProcess } from '../../local/etcd-process.ts';
import { freePort } from '../../local/ports.ts';
import { openRun } from '../../local/run.ts';

export interface RunningEtcd {
  readonly endpoint: string;
  /** Of the program: to freeze it. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** A separate etcd; the test that starts it stops it. */
export async function ownEtcd(): Promise<RunningEtcd> {
  const run = await openRun();
  let started: EtcdProcess;
  try {
    started = await startEtcd(run, await freePort());
  } catch (error) {
    await run.close();
    throw error;
  }
  const { endpoint, child } = started;
  return {
    endpoint,
    pid: child.pid,
    async stop() {
      await child.stop();
      await run.close();
    },
  };
}

let starting: Promise<RunningEtcd> | undefined;

export function sharedEtcd(): Promise<RunningEtcd> {
  starting ??= ownEtcd();
  return starting;
}

after('end the shared etcd', async function () {
  this.timeout(30_000);
  const running = starting;
  // Mutation testing runs the specs again in the same process.
  starting = undefined;
  await (await running)?.stop();
});
