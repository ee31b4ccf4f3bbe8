/** One etcd for all tests of this mocha process that don't stop, freeze or compact it. They share one because an etcd takes half a second to start. */
import { startEtcd } from '../../local/etcd-process.ts';
import type { EtcdProcess } from '../../local/etcd-process.ts';
import { freePort } from '../../local/ports.ts';
import { openRun } from '../../local/run.ts';

export interface RunningEtcd {
  readonly endpoint: string;
  /** The process id of etcd, for tests that freeze it. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a separate etcd. The test that starts it has to stop it. */
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
