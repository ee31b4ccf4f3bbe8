import type { Policy } from '../gateway/policies.ts';
import { ChildError, type ChildProgram } from './child.ts';
import { environmentOf, withoutProxy } from './environment.ts';
import type { ReachableParts } from './environment.ts';
import { startEtcd } from './etcd-process.ts';
import { choosePort, freePorts } from './ports.ts';
import { publish } from './publication.ts';
import type { LocalRouters, RoutersOptions } from './routers.ts';
import { openRun, type Run } from './run.ts';
import type { SampleRouter } from './samples.ts';
import { startTemporal, type TemporalProcess } from './temporal-process.ts';

export interface StackOptions {
  /**
   * `free` (default): any free ports. `usual`: the ports that `GATEWAY_SAGA_ETCD_PORT`, `GATEWAY_SAGA_TEMPORAL_PORT` and
   * `GATEWAY_SAGA_UI_PORT` fix. Without a variable: 2379, 7233 or 8233, or another port if that one is taken.
   */
  readonly ports?: 'free' | 'usual';
  /** Whether the namespace has the saga's search attributes. Default: true. */
  readonly searchAttributes?: boolean;
  /** Pairs of edge routers to simulate, primary first, such as `SAMPLE_PAIRS`. Default: none. */
  readonly pairs?: readonly (readonly [SampleRouter, SampleRouter])[];
  /** Behaviour of the simulated routers. */
  readonly routers?: RoutersOptions;
  /** What the policies of all its workers have. What a single worker is given wins over it. */
  readonly policy?: Partial<Policy>;
  /** Aborting it ends the start and all that was started. Then `startStack` throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A real etcd, a real Temporal server and simulated routers, which nothing else uses. */
export interface Stack extends ReachableParts {
  readonly etcd: { readonly endpoints: readonly string[]; readonly child: ChildProgram };
  readonly temporal: TemporalProcess;
  readonly routers: LocalRouters['routers'];
  readonly policy: Partial<Policy> | undefined;
  /** Folder with one log per program. */
  readonly logs: string;
  /** Variables that lead the `gateway-saga` and `temporal` commands to this stack and nowhere else. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes `.local/stack.json` and `.local/known_hosts` for other programs; ending the stack removes them, or puts back those of an earlier stack that still runs. */
  publish(): Promise<void>;
  /** Ends all programs of this run, the servers last, and removes its data. The logs of the last 20 runs stay. */
  stop(): Promise<void>;
}

/** How often the start is tried at most: another program may take a port after the port was found free and before the server listens on it. */
const PORT_TRIES = 3;
const PORT_TAKEN = /address already in use|can't set frontend port/i;

/** Starts all parts at the same time. Throws a `ChildError`, `PortError` or `NotSetUpError`, and leaves nothing running then. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { signal } = options;
  Object.assign(process.env, withoutProxy(process.env));
  for (let tries = 1; ; tries += 1) {
    const run = await openRun();
    const parts: Parts = { servers: new Set(), others: new Set(), isEnding: false };
    // Ending the programs makes the start fail at once.
    const end = () => void stop(run, parts);
    signal?.addEventListener('abort', end);
    try {
      signal?.throwIfAborted();
      const stack = await start(run, parts, options);
      signal?.throwIfAborted();
      return stack;
    } catch (error) {
      await stop(run, parts);
      signal?.throwIfAborted();
      const taken = error instanceof Error && PORT_TAKEN.test(error.message);
      if (!taken || tries === PORT_TRIES) throw error;
    } finally {
      signal?.removeEventListener('abort', end);
    }
  }
}

/** The parts that have to be ended. Servers are ended last, because the other parts use them. */
interface Parts {
  readonly servers: Set<ChildProgram>;
  readonly others: Set<ChildProgram>;
  routers?: LocalRouters;
  /** Whether the stack is being ended. A program that is started from then on is ended at once. */
  isEnding: boolean;
}

async function start(run: Run, parts: Parts, options: StackOptions): Promise<Stack> {
  const [etcdPort, port, uiPort] = await pickPorts(options.ports ?? 'free');
  const searchAttributes = options.searchAttributes ?? true;
  const adopting = (among: Set<ChildProgram>): Run => ({
    ...run,
    adopt: (child, program) => adopt(run, parts, among, { child, program }),
  });
  const starting = adopting(parts.servers);
  const routers = startRouters(parts, options);
  const etcd = startEtcd(starting, etcdPort);
  const temporal = startTemporal(starting, { port, uiPort, searchAttributes });
  // Waits for all of them even if one fails. Only then are all programs that have to be stopped known.
  await Promise.allSettled([routers, etcd, temporal]);
  const { endpoint, child } = await etcd;
  const fleet = await routers;
  const reachable = {
    run: adopting(parts.others),
    etcd: { endpoints: [endpoint], child },
    temporal: await temporal,
    knownHosts: await run.write('routers_known_hosts', fleet?.knownHosts ?? ''),
    connectTo: fleet?.connectTo ?? '',
  };
  return {
    ...reachable,
    routers: fleet?.routers ?? [],
    policy: options.policy,
    logs: run.logs,
    environment: await environmentOf(reachable),
    publish: async () => {
      const { address, namespace, ui } = reachable.temporal;
      const described = {
        etcd: { endpoints: [endpoint] },
        temporal: { address, namespace, ui },
        routers: (fleet?.routers ?? []).map(({ id, host, port, username, password }) => ({
          id,
          host,
          port,
          username,
          password,
        })),
      };
      await publish(run.folder, described, fleet?.knownHosts ?? '');
    },
    stop: () => stop(run, parts),
  };
}

async function adopt(
  run: Run,
  { isEnding }: Parts,
  among: Set<ChildProgram>,
  { child, program }: { readonly child: ChildProgram; readonly program: string },
): Promise<void> {
  among.add(child);
  if (!isEnding) return run.adopt(child, program);
  await child.stop();
  throw new ChildError(child.name, child.log, `${child.name} was started while its stack was being ended`);
}

async function startRouters(parts: Parts, options: StackOptions): Promise<LocalRouters | undefined> {
  if (options.pairs === undefined || options.pairs.length === 0) return undefined;
  // The simulator is loaded only where it is used.
  const { startLocalRouters } = await import('./routers.ts');
  parts.routers = await startLocalRouters(options.pairs, options.routers);
  return parts.routers;
}

async function stop(run: Run, parts: Parts): Promise<void> {
  parts.isEnding = true;
  const { servers, others, routers } = parts;
  await Promise.all([...others].map((child) => child.stop()));
  await Promise.all([routers?.close(), ...[...servers].map((child) => child.stop())]);
  await run.close();
}

async function pickPorts(ports: 'free' | 'usual'): Promise<[number, number, number]> {
  if (ports === 'free') return (await freePorts(3)) as [number, number, number];
  return [
    await choosePort('GATEWAY_SAGA_ETCD_PORT', 2379),
    await choosePort('GATEWAY_SAGA_TEMPORAL_PORT', 7233),
    await choosePort('GATEWAY_SAGA_UI_PORT', 8233),
  ];
}
