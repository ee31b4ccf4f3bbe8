/**
 * One creation at a time, on routers that commit without delay. Measures the time of a creation, compared with a saga of the same shape that does
 * nothing; the events in its history, besides the signal that starts it; and the requests that its worker makes to etcd.
 */
import { workflowIdOf } from '../gateway/resource.ts';
import type { SampleKind, TestGateway } from '../local/test-gateway.ts';
import { EtcdRequests, sequential } from './etcd-requests.ts';
import type { EtcdRequest } from './etcd-requests.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene, Servers } from './scene.ts';
import { interleave, timed } from './statistics.ts';

const RUNS = 20;
const WARM_UP = 8;
const PAIRS = 4;
const RATIO = 1.4;
const EVENTS = 55;
const COUNTED_RUNS = 5;
const SEQUENTIAL_REQUESTS = 28;

export async function measureCreate(runs = RUNS): Promise<Row[]> {
  const times = await withScene({ pairs: PAIRS }, async (scene) => [
    ...(await measureTime(scene, 'vpn_gateway', runs)),
    ...(await measureTime(scene, 'internet_gateway', runs)),
  ]);
  return [...times, ...(await measureRequests(Math.min(runs, COUNTED_RUNS)))];
}

async function measureTime(scene: Scene, kind: SampleKind, runs: number): Promise<Row[]> {
  const created: TestGateway[] = [];
  const sides = {
    async measured(run: number) {
      const gateway = await scene.gateway(kind, run % PAIRS);
      const took = await timed(() => scene.create(gateway));
      created.push(gateway);
      return took;
    },
    baseline: (run: number) => timed(() => scene.doNothing(run % PAIRS)),
  };
  // After the warm-up a session is open to every router, and the code of both workers is compiled.
  await interleave(WARM_UP, sides);
  created.splice(0);
  const values = await interleave(runs, sides);
  const events: number[] = [];
  for (const gateway of created) events.push(await scene.events(workflowIdOf(gateway)));
  return [
    ratioRow({ what: `create, ${kind}`, unit: 'ms', baseline: 'do-nothing saga', values }, RATIO),
    plainRow(`create, ${kind}: history`, 'events', events, EVENTS),
  ];
}

/** Uses a scene of its own, because the proxy that counts the requests adds time to each of them. */
async function measureRequests(runs: number): Promise<Row[]> {
  let requests: EtcdRequests | undefined;
  const through = async ({ etcd, temporal }: Servers): Promise<Servers> => {
    requests = await EtcdRequests.open(etcd);
    return { etcd: requests.endpoint, temporal };
  };
  try {
    return await withScene({ pairs: 1, through }, async (scene) => {
      const rows: Row[] = [];
      for (const kind of ['vpn_gateway', 'internet_gateway'] as const) {
        const taken: (readonly EtcdRequest[])[] = [];
        // The first creation is not counted, because it opens the pair's sessions.
        for (let run = -1; run < runs; run += 1) {
          const gateway = await scene.gateway(kind, 0);
          requests?.take();
          await scene.create(gateway);
          const made = requests?.take() ?? [];
          if (run >= 0) taken.push(made);
        }
        const what = `create, ${kind}: etcd requests of its worker`;
        rows.push(
          plainRow(
            what,
            'requests',
            taken.map(({ length }) => length),
          ),
          plainRow(
            `${what} in sequence (each starts after the end of the one before)`,
            'requests',
            taken.map(sequential),
            SEQUENTIAL_REQUESTS,
          ),
        );
      }
      return rows;
    });
  } finally {
    await requests?.close();
  }
}
