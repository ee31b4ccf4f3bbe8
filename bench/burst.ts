/**
 * Many creations at once on many pairs, compared with sagas that do nothing. Also shows whether some pair, or some gateway, waits much longer than
 * the others.
 */
import type { GatewayRun } from '../client/index.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { TestGateway } from '../local/test-gateway.ts';
import { peakMemory, usageOf } from './process-usage.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { interleave, spread, timed } from './statistics.ts';
import type { Spread } from './statistics.ts';

const RUNS = 3;
const PAIRS = 25;
const SMALL = 50;
const LARGE = 1_000;
/** The largest number of do-nothing sagas. Their results are reported per saga, so more sagas would take longer and give the same results. */
const MOST_NOTHINGS = 1_000;
/** How many results are awaited at the same time, at most. The server can't handle many more. */
const WAITED_FOR = 500;
/** How many workflows are started, or described, at the same time, at most. The server answers that many requests quickly. */
const ASKED = 100;
const CPU_RATIO = 1.3;

/** When a gateway's workflow started and closed, in milliseconds of the server's clock. */
export interface Life {
  readonly started: number;
  readonly closed: number;
}

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
    const ends = { measured: [] as number[], baseline: [] as number[] };
    const waits = { measured: [] as number[], baseline: [] as number[] };
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
        const throughput = await withCpu(count, scene.worker.pid, cpu.measured, async () => {
          peaks.push(await peakMemory(scene.worker.pid, () => creations(scene, gateways)));
        });
        const shares = sharesOf(await livesOf(scene, gateways), PAIRS);
        ends.measured.push(shares.ends.max);
        ends.baseline.push(shares.ends.min);
        waits.measured.push(shares.waits.max);
        waits.baseline.push(shares.waits.median);
        return throughput;
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
        values: ends,
      }),
      ratioRow({
        what: `${what}: the gateway that waits longest`,
        unit: 's',
        baseline: 'the median of all',
        values: waits,
      }),
    ];
  });
}

/** Makes `count` gateways and spreads them evenly: each pair gets one in turn, then each gets the next one. */
async function gatewaysOf(scene: Scene, count: number): Promise<TestGateway[]> {
  const gateways = [];
  for (let number = 0; number < count; number += 1)
    gateways.push(await scene.gateway('vpn_gateway', number % PAIRS));
  return gateways;
}

/**
 * Creates all these gateways at once, as far as the server can handle so many. Rejects if one is not created, unless somebody counts them: `notCreated` is
 * called with each such error.
 */
export async function creations(
  scene: Scene,
  gateways: readonly TestGateway[],
  notCreated: (error: unknown) => void = (error) => {
    throw error;
  },
): Promise<void> {
  const runs: GatewayRun[] = [];
  await eachOf(gateways, ASKED, async (gateway, number) => void (runs[number] = await scene.start(gateway)));
  await eachOf(runs, WAITED_FOR, (run) => scene.created(run).catch(notCreated));
}

/** Describes the workflows one by one, because the server's list of workflows may be outdated by a moment. */
export async function livesOf({ temporal }: Scene, gateways: readonly GatewayRef[]): Promise<Life[]> {
  const lives: Life[] = [];
  await eachOf(gateways, ASKED, async (gateway, number) => {
    const workflowId = workflowIdOf(gateway);
    const { startTime, closeTime } = await temporal.workflow.getHandle(workflowId).describe();
    if (closeTime === undefined) throw new Error(`${workflowId}: expected it to be closed, got no time`);
    lives[number] = { started: startTime.getTime(), closed: closeTime.getTime() };
  });
  return lives;
}

/**
 * Spreads of two times, in seconds. `ends`: for each pair, from the first start of all gateways to the end of the pair's last gateway.
 * `waits`: for each gateway, from its own start to its own end. The gateway with index `n` is on the pair `n` modulo `pairs`.
 */
export function sharesOf(
  lives: readonly Life[],
  pairs: number,
): { readonly ends: Spread; readonly waits: Spread } {
  const began = spread(lives.map(({ started }) => started)).min;
  const ends: number[] = [];
  for (const [number, { closed }] of lives.entries())
    ends[number % pairs] = Math.max(ends[number % pairs] ?? 0, (closed - began) / 1_000);
  return {
    ends: spread(ends),
    waits: spread(lives.map(({ started, closed }) => (closed - started) / 1_000)),
  };
}

/** Works on all items, on `many` of them at the same time. */
export async function eachOf<T>(
  items: readonly T[],
  many: number,
  work: (item: T, number: number) => Promise<void>,
): Promise<void> {
  // All workers take their items from the same iterator.
  const left = items.entries();
  const worker = async () => {
    for (const [number, item] of left) await work(item, number);
  };
  await Promise.all(Array.from({ length: many }, worker));
}

async function nothings(scene: Scene, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, number) => scene.doNothing(number % PAIRS)));
}
