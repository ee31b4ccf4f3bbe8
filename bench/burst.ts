/** Many creations at once, on many pairs, against as many sagas that do nothing; and whether all pairs get their share. */
import type { GatewayRun } from '../client/index.ts';
import type { TestGateway } from '../test/world/records.ts';
import { peakMemory, usageOf } from './process-usage.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { interleave, timed } from './statistics.ts';

const RUNS = 3;
const PAIRS = 25;
const SMALL = 50;
const LARGE = 1_000;
/** More do-nothing sagas than this would only take longer: all of it is told for each. */
const MOST_NOTHINGS = 1_000;
/** A server answers so many who wait for a result, and not many more; and takes so many starts in good time. */
const WAITED_FOR = 500;
const STARTED = 100;
const CPU_RATIO = 1.3;

export async function measureBurst(runs?: number, gateways?: number): Promise<Row[]> {
  if (gateways !== undefined) return measure(gateways, runs ?? 1);
  return [...(await measure(SMALL, runs ?? RUNS)), ...(await measure(LARGE, 1))];
}

async function measure(count: number, runs: number): Promise<Row[]> {
  return withScene({ pairs: PAIRS }, async (scene) => {
    await creations(scene, await gatewaysOf(scene, SMALL));
    await nothings(scene, SMALL);
    const idleMb = (await usageOf(scene.worker.pid)).residentMb;
    const cpu = { measured: [] as number[], baseline: [] as number[] };
    const peaks: number[] = [];
    const shares = { measured: [] as number[], baseline: [] as number[] };
    const idle = Math.min(count, MOST_NOTHINGS);
    const withCpu = async (many: number, pid: number, into: number[], work: () => Promise<unknown>) => {
      const before = await usageOf(pid);
      const took = await timed(work);
      into.push(((await usageOf(pid)).cpuMs - before.cpuMs) / many);
      return (many / took) * 1_000;
    };
    const throughput = await interleave(runs, {
      async measured() {
        const gateways = await gatewaysOf(scene, count);
        const work = async () => {
          const ends = await creations(scene, gateways);
          shares.measured.push(Math.max(...ends) / 1_000);
          shares.baseline.push(Math.min(...ends) / 1_000);
        };
        return withCpu(count, scene.worker.pid, cpu.measured, async () => {
          peaks.push(await peakMemory(scene.worker.pid, work));
        });
      },
      baseline: () => withCpu(idle, scene.idleWorker.pid, cpu.baseline, () => nothings(scene, idle)),
    });
    const what = `${count} creates at once on ${PAIRS} pairs`;
    const baseline = `${idle} do-nothing sagas at once`;
    const memory = { measured: peaks, baseline: peaks.map(() => idleMb) };
    return [
      ratioRow({ what, unit: 'per s', baseline, values: throughput }),
      ratioRow({ what: `${what}: worker, each`, unit: 'ms of CPU', baseline, values: cpu }, CPU_RATIO),
      ratioRow({
        what: `${what}: worker's memory at most`,
        unit: 'MB',
        baseline: 'the same worker before',
        values: memory,
      }),
      plainRow(
        `${what}: for each of them`,
        'MB',
        peaks.map((peak) => (peak - idleMb) / count),
      ),
      ratioRow({
        what: `${what}: the pair that ends last`,
        unit: 's',
        baseline: 'the one that ends first',
        values: shares,
      }),
    ];
  });
}

/** One pair after the other, and again from the first. */
async function gatewaysOf(scene: Scene, count: number): Promise<TestGateway[]> {
  const gateways = [];
  for (let number = 0; number < count; number += 1)
    gateways.push(await scene.gateway('vpn_gateway', number % PAIRS));
  return gateways;
}

/** When each pair had the last of its gateways, in ms. */
async function creations(scene: Scene, gateways: readonly TestGateway[]): Promise<number[]> {
  const began = performance.now();
  const ends: number[] = [];
  const runs: GatewayRun[] = [];
  await eachOf(
    gateways,
    STARTED,
    async (gateway, number) => void (runs[number] = await scene.start(gateway)),
  );
  await eachOf(runs, WAITED_FOR, async (run, number) => {
    await scene.created(run);
    ends[number % PAIRS] = performance.now() - began;
  });
  return ends;
}

/** So many at a time. */
async function eachOf<T>(
  items: readonly T[],
  many: number,
  work: (item: T, number: number) => Promise<void>,
): Promise<void> {
  // They share what is left: each takes the next one.
  const left = items.entries();
  const worker = async () => {
    for (const [number, item] of left) await work(item, number);
  };
  await Promise.all(Array.from({ length: many }, worker));
}

async function nothings(scene: Scene, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, number) => scene.doNothing(number % PAIRS)));
}
