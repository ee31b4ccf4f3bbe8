import { type ChildProgram, startChild, untilReady } from './child.ts';
import { freePort } from './ports.ts';
import { programOf } from './programs.ts';
import type { Run } from './run.ts';

export interface EtcdProcess {
  readonly child: ChildProgram;
  /** `127.0.0.1:2379`, the form that etcdctl's `--endpoints` takes. */
  readonly endpoint: string;
}

const READY_MS = 30_000;

export interface EtcdOptions {
  /**
   * Size in bytes at which the database takes no more writes (`NOSPACE`). Default: etcd's own, 2 GB. With a limit, any answer of
   * etcd counts as ready, because a full etcd never reports itself healthy.
   */
  readonly quotaBytes?: number;
}

/** Starts a single etcd with an empty store in the run's folder, and waits until etcd is healthy. */
export async function startEtcd(run: Run, port: number, options: EtcdOptions = {}): Promise<EtcdProcess> {
  const peerPort = await freePort();
  const child = await startMember(run, {
    ...options,
    name: 'etcd',
    port,
    peerPort,
    advertised: `http://127.0.0.1:${peerPort}`,
    cluster: `etcd=http://127.0.0.1:${peerPort}`,
    // A single member needs no votes of others: it leads after one election time-out, which can be short.
    heartbeatMs: 20,
    electionMs: 200,
  });
  await untilReady(child, READY_MS, () =>
    isHealthy(`http://127.0.0.1:${port}`, options.quotaBytes === undefined ? ['true'] : ['true', 'false']),
  );
  return { child, endpoint: `127.0.0.1:${port}` };
}

export interface MemberOptions extends EtcdOptions {
  /** Name of the member, of its program, of its log, and of its folder inside the run's folder. */
  readonly name: string;
  readonly port: number;
  readonly peerPort: number;
  /** `advertised`: the URL at which the other members find this one. `cluster`: all members, as `name=http://…,…`. */
  readonly advertised: string;
  readonly cluster: string;
  readonly heartbeatMs: number;
  readonly electionMs: number;
}

/** Starts one member of a cluster. Resolves as soon as the program runs, which is before the member has joined. */
export async function startMember(run: Run, options: MemberOptions): Promise<ChildProgram> {
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
    // A person's variables for etcd would overrule or contradict these arguments.
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
