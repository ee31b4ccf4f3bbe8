/** Many creations at once, on many pairs, against as many sagas that do nothing. */
import { usageOf } from './process-usage.ts';
import { ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { interleave, timed } from './statistics.ts';

const RUNS = 3;
const PAIRS = 25;
const GATEWAYS = 50;

export async function measureBurst(runs = RUNS): Promise<Row[]> {
  return withScene({ pairs: PAIRS }, async (scene) => {
    await burst(scene);
    const cpu = { measured: [] as number[], baseline: [] as number[] };
    const perSecond = (ms: number) => (GATEWAYS / ms) * 1_000;
    const throughput = await interleave(runs, {
      async measured() {
        const gateways = await burstOf(scene);
        return perSecond(
          await withCpu(scene.worker.pid, cpu.measured, () =>
            all(gateways, (gateway) => scene.create(gateway)),
          ),
        );
      },
      baseline: async () =>
        perSecond(await withCpu(scene.idleWorker.pid, cpu.baseline, () => nothings(scene))),
    });
    const what = `${GATEWAYS} creates at once on ${PAIRS} pairs`;
    const baseline = `${GATEWAYS} do-nothing sagas at once`;
    return [
      ratioRow({ what, unit: 'per s', baseline, values: throughput }),
      ratioRow({ what: `${what}: worker, each`, unit: 'ms of CPU', baseline, values: cpu }),
    ];
  });
}

/** Opens a session to every router, and warms up both workers. */
async function burst(scene: Scene): Promise<void> {
  await all(await burstOf(scene), (gateway) => scene.create(gateway));
  await nothings(scene);
}

async function burstOf(scene: Scene) {
  const gateways = [];
  for (let number = 0; number < GATEWAYS; number += 1)
    gateways.push(await scene.gateway('vpn_gateway', number % PAIRS));
  return gateways;
}

async function nothings(scene: Scene): Promise<void> {
  await all([...Array.from({ length: GATEWAYS }).keys()], (number) => scene.doNothing(number % PAIRS));
}

async function all<T>(items: readonly T[], each: (item: T) => Promise<unknown>): Promise<void> {
  await Promise.all(items.map((item) => each(item)));
}

async function withCpu(pid: number, into: number[], work: () => Promise<void>): Promise<number> {
  const before = await usageOf(pid);
  const took = await timed(work);
  into.push(((await usageOf(pid)).cpuMs - before.cpuMs) / GATEWAYS);
  return took;
}
