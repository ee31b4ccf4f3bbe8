import type { Child } from './child.ts';
import { startEtcd } from './etcd-process.ts';
import { choosePort, freePorts } from './ports.ts';
import { openRun, type Run } from './run.ts';
import { startTemporal, type TemporalProcess } from './temporal-process.ts';

export interface StackOptions {
  /**
   * `free` (default): any free ports. `usual`: those that `GATEWAY_SAGA_ETCD_PORT`, `GATEWAY_SAGA_TEMPORAL_PORT`
   * and `GATEWAY_SAGA_UI_PORT` fix; else 2379, 7233 and 8233 where free, others where not.
   */
  readonly ports?: 'free' | 'usual';
  /** Whether the namespace knows the saga's search attributes. Default: true. */
  readonly searchAttributes?: boolean;
}

/** A real etcd and a real Temporal server, ours alone. */
export interface Stack {
  readonly run: Run;
  readonly etcd: { readonly endpoints: readonly string[]; readonly child: Child };
  readonly temporal: TemporalProcess;
  /** Folder with one log per program. */
  readonly logs: string;
  /** Ends every program of this run and removes its data. The logs stay for a while. */
  stop(): Promise<void>;
}

/** Two tries more: between our finding a port free and a server's taking it, another program may come first. */
const PORT_TRIES = 3;

/** Starts both servers at the same time. Throws a `ChildError`, `PortError` or `NotSetUpError`, leaving nothing behind. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  for (let tries = 1; ; tries += 1) {
    const run = await openRun();
    const started = new Set<Child>();
    const tracked: Run = {
      ...run,
      adopt: async (child, program) => {
        started.add(child);
        await run.adopt(child, program);
      },
    };
    const stop = async (): Promise<void> => {
      await Promise.all([...started].map((child) => child.stop()));
      await run.close();
    };
    try {
      const [etcdPort, port, uiPort] = await pickPorts(options.ports ?? 'free');
      const searchAttributes = options.searchAttributes ?? true;
      const [etcd, temporal] = await settleAll(
        startEtcd(tracked, etcdPort),
        startTemporal(tracked, { port, uiPort, searchAttributes }),
      );
      return {
        run: tracked,
        etcd: { endpoints: [etcd.endpoint], child: etcd.child },
        temporal,
        logs: run.logs,
        stop,
      };
    } catch (error) {
      await stop();
      const taken =
        error instanceof Error && /address already in use|can't set frontend port/i.test(error.message);
      if (!taken || tries === PORT_TRIES) throw error;
    }
  }
}

async function pickPorts(ports: 'free' | 'usual'): Promise<[number, number, number]> {
  if (ports === 'free') return (await freePorts(3)) as [number, number, number];
  return [
    await choosePort('GATEWAY_SAGA_ETCD_PORT', 2379),
    await choosePort('GATEWAY_SAGA_TEMPORAL_PORT', 7233),
    await choosePort('GATEWAY_SAGA_UI_PORT', 8233),
  ];
}

/** Like `Promise.all`, but waits for the other one too when one fails: only then is it known what has to be stopped. */
async function settleAll<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
