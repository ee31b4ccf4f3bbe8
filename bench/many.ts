/** Many gateways at once on one pair whose routers commit without delay. Shows what each additional gateway costs. */
import { creations } from './burst.ts';
import { commitsOn, pairHistory } from './pair-history.ts';
import { peakMemory, usageOf } from './process-usage.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { gatewaysOn, withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { timed } from './statistics.ts';

const RUNS = 1;
const SIZES = [250, 500, 1_000];

interface Taken {
  /** Gateways that were not created. */
  readonly failed: number;
  readonly seconds: number;
  /** `undefined`: more than a router's commit history can hold. */
  readonly commits: number | undefined;
  readonly batches: number;
  readonly eventsPerBatch: number;
  readonly idleMb: number;
  readonly waitingMb: number;
  readonly requestsPerSecond: number;
  /** The worker's CPU time. */
  readonly cpuMs: number;
}

/** `most`: the largest number of gateways on one pair, instead of 1,000. Each number is compared with the smallest one. */
export async function measureMany(runs = RUNS, most?: number): Promise<Row[]> {
  const sizes = most === undefined ? SIZES : [...SIZES.filter((size) => size < most), most];
  const taken = new Map<number, Taken[]>(sizes.map((size) => [size, []]));
  for (let run = 0; run < runs; run += 1) {
    // Each size has a pair of its own, because a look takes longer the more gateways the router carries.
    await withScene({ pairs: sizes.length + 1 }, async (scene) => {
      await scene.create(await scene.gateway('vpn_gateway', sizes.length));
      for (const [pair, size] of sizes.entries()) taken.get(size)?.push(await createMany(scene, pair, size));
    });
  }
  return [...taken].flatMap(([size, all]) =>
    rowsOf(size, all, { size: sizes[0] ?? size, taken: taken.get(sizes[0] ?? size) ?? [] }),
  );
}

function rowsOf(
  size: number,
  all: readonly Taken[],
  least: { readonly size: number; readonly taken: readonly Taken[] },
): Row[] {
  const what = `${size} creates at once on one pair`;
  const commits = all.flatMap((one) => one.commits ?? []);
  const each = (some: readonly Taken[], count: number) =>
    some.map(({ seconds }) => (seconds / count) * 1_000);
  const plain = (name: string, unit: Row['unit'], value: (one: Taken) => number) =>
    plainRow(`${what}: ${name}`, unit, all.map(value));
  return [
    plainRow(
      what,
      's',
      all.map(({ seconds }) => seconds),
    ),
    ratioRow({
      what: `${what}, each`,
      unit: 'ms',
      baseline: `each of ${least.size}`,
      values: { measured: each(all, size), baseline: each(least.taken, least.size) },
    }),
    plain('not created', 'gateways', ({ failed }) => failed),
    plain('batches', 'batches', ({ batches }) => batches),
    ...(commits.length === 0 ? [] : [plainRow(`${what}: commits on each router`, 'commits', commits)]),
    plain('requests to each router', 'per s', ({ requestsPerSecond }) => requestsPerSecond),
    ratioRow({
      what: `${what}: the worker's CPU time, each`,
      unit: 'ms',
      baseline: `each of ${least.size}`,
      values: {
        measured: all.map((one) => one.cpuMs / size),
        baseline: least.taken.map((one) => one.cpuMs / least.size),
      },
    }),
    plain("the pair's history, each batch", 'events', ({ eventsPerBatch }) => eventsPerBatch),
    ratioRow({
      what: `${what}: worker's memory at most`,
      unit: 'MB',
      baseline: 'the same worker before',
      values: { measured: all.map(({ waitingMb }) => waitingMb), baseline: all.map(({ idleMb }) => idleMb) },
    }),
  ];
}

async function createMany(scene: Scene, pair: number, size: number): Promise<Taken> {
  const gateways = await gatewaysOn(scene, pair, size);
  const { residentMb: idleMb, cpuMs } = await usageOf(scene.worker.pid);
  const requests = await scene.fleet.count('requests');
  let ms = 0;
  let failed = 0;
  const waitingMb = await peakMemory(scene.worker.pid, async () => {
    ms = await timed(() => creations(scene, gateways, () => (failed += 1)));
  });
  // The count is of all routers, but only this pair's routers have work now.
  const asked = (await scene.fleet.count('requests')) - requests;
  const usedMs = (await usageOf(scene.worker.pid)).cpuMs - cpuMs;
  const { events, batches } = await pairHistory(scene.temporal, scene.fleet, pair);
  return {
    failed,
    seconds: ms / 1_000,
    commits: await commitsOn(scene.fleet, pair),
    batches,
    eventsPerBatch: events / batches,
    idleMb,
    waitingMb,
    requestsPerSecond: asked / 2 / (ms / 1_000),
    cpuMs: usedMs,
  };
}
