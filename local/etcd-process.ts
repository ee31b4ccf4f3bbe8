import { type Child, startChild, untilReady } from './child.ts';
import { freePort } from './ports.ts';
import { programOf } from './programs.ts';
import type { Run } from './run.ts';

export interface EtcdProcess {
  readonly child: Child;
  /** `127.0.0.1:2379`, as etcdctl takes them. */
  readonly endpoint: string;
}

const READY_MS = 30_000;

export interface EtcdOptions {
  /** How large its database may grow until it takes no more writes (`NOSPACE`). Default: etcd's own, 2 GB. Full, it never calls itself healthy: then an answer will do. */
  readonly quotaBytes?: number;
}

/** Starts a single etcd with the store in the run's folder, empty at first, and waits until it is healthy. */
export async function startEtcd(run: Run, port: number, options: EtcdOptions = {}): Promise<EtcdProcess> {
  const program = await programOf('etcd');
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const child = await startChild({
    name: 'etcd',
    program,
    args: [
      '--name=local',
      `--data-dir=${run.folder}/etcd`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=local=${peer}`,
      // A member that is alone need not wait for others' votes: it leads after one election time-out.
      '--heartbeat-interval=20',
      '--election-timeout=200',
      ...(options.quotaBytes === undefined ? [] : [`--quota-backend-bytes=${options.quotaBytes}`]),
    ],
    // Its own variables would overrule or contradict ours.
    env: Object.fromEntries(
      Object.keys(process.env)
        .filter((name) => name.startsWith('ETCD_'))
        .map((name) => [name, undefined]),
    ),
    log: `${run.logs}/etcd.log`,
  });
  await run.adopt(child, program);
  await untilReady(child, READY_MS, () =>
    isHealthy(client, options.quotaBytes === undefined ? ['true'] : ['true', 'false']),
  );
  return { child, endpoint: `127.0.0.1:${port}` };
}

async function isHealthy(client: string, words: readonly string[]): Promise<boolean> {
  try {
    const answer = await fetch(`${client}/health`, { signal: AbortSignal.timeout(1_000) });
    return words.includes(((await answer.json()) as { health?: string }).health ?? '');
  } catch {
    return false;
  }
}
