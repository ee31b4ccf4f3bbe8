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
  const peerPort = await freePort();
  const child = await startMember(run, {
    ...options,
    name: 'etcd',
    port,
    peerPort,
    advertised: `http://127.0.0.1:${peerPort}`,
    cluster: `etcd=http://127.0.0.1:${peerPort}`,
    // A member that is alone need not wait for others' votes: it leads after one election time-out.
    heartbeatMs: 20,
    electionMs: 200,
  });
  await untilReady(child, READY_MS, () =>
    isHealthy(`http://127.0.0.1:${port}`, options.quotaBytes === undefined ? ['true'] : ['true', 'false']),
  );
  return { child, endpoint: `127.0.0.1:${port}` };
}

export interface MemberOptions extends EtcdOptions {
  /** Of the program, its log, its folder in the run's, and the member. */
  readonly name: string;
  readonly port: number;
  readonly peerPort: number;
  /** Where the others find it, and all members: `name=http://…,…`. */
  readonly advertised: string;
  readonly cluster: string;
  readonly heartbeatMs: number;
  readonly electionMs: number;
}

/** Starts one member of a cluster; resolves as soon as it runs. */
export async function startMember(run: Run, options: MemberOptions): Promise<Child> {
  const { name, port, peerPort, advertised, cluster, heartbeatMs, electionMs, quotaBytes } = options;
  const program = await programOf('etcd');
  const client = `http://127.0.0.1:${port}`;
  const child = await startChild({
    name,
    program,
    args: [
      `--name=${name}`,
      `--data-dir=${run.folder}/${name}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
      `--initial-advertise-peer-urls=${advertised}`,
      `--initial-cluster=${cluster}`,
      `--heartbeat-interval=${heartbeatMs}`,
      `--election-timeout=${electionMs}`,
      ...(quotaBytes === undefined ? [] : [`--quota-backend-bytes=${quotaBytes}`]),
    ],
    // Its own variables would overrule or contradict ours.
    env: Object.fromEntries(
      Object.keys(process.env)
        .filter((variable) => variable.startsWith('ETCD_'))
        .map((variable) => [variable, undefined]),
    ),
    log: `${run.logs}/${name}.log`,
  });
  await run.adopt(child, program);
  return child;
}

async function isHealthy(client: string, words: readonly string[]): Promise<boolean> {
  try {
    const answer = await fetch(`${client}/health`, { signal: AbortSignal.timeout(1_000) });
    return words.includes(((await answer.json()) as { health?: string }).health ?? '');
  } catch {
    return false;
  }
}
