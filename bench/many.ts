/** Many gateways at once on one pair whose routers commit without delay. Shows what each additional gateway costs. */
import { commitsOn, pairHistory } from './pair-history.ts';
import { peakMemory, usageOf } from './process-usage.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { gatewaysOn, withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { timed } from './statistics.ts';

const RUNS = 1;
const SIZES = [250, 500, 1_000] as const;

interface Taken {
  readonly seconds: number;
  readonly commits: number;
  readonly batches: number;
  readonly eventsPerBatch: number;
  readonly idleMb: number;
  readonly waitingMb: number;
}

export async function measureMany(runs = RUNS): Promise<Row[]> {
  const taken = new Map<number, Taken[]>(SIZES.map((size) => [size, []]));
  for (let run = 0; run < runs; run += 1) {
    // Each size has a pair of its own, because a look takes longer the more gateways the router carries.
    await withScene({ pairs: SIZES.length + 1 }, async (scene) => {
      await scene.create(await scene.gateway('vpn_gateway', SIZES.length));
      for (const [pair, size] of SIZES.entries()) taken.get(size)?.push(await createMany(scene, pair, size));
    });
  }
  return [...taken].flatMap(([size, all]) => rowsOf(size, all, taken.get(SIZES[0]) ?? []));
}

function rowsOf(size: number, all: readonly Taken[], least: readonly Taken[]): Row[] {
  const what = `${size} creates at once on one pair`;
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
      baseline: `each of ${SIZES[0]}`,
      values: { measured: each(all, size), baseline: each(least, SIZES[0]) },
    }),
    plain('batches', 'batches', ({ batches }) => batches),
    plain('commits on each router', 'commits', ({ commits }) => commits),
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
  const { residentMb: idleMb } = await usageOf(scene.worker.pid);
  let ms = 0;
  const waitingMb = await peakMemory(scene.worker.pid, async () => {
    ms = await timed(() => Promise.all(gateways.map((gateway) => scene.create(gateway))));
  });
  const { events, batches } = await pairHistory(scene.temporal, scene.fleet, pair);
  return {
    seconds: ms / 1_000,
    commits: await commitsOn(scene.fleet, pair),
    batches,
    eventsPerBatch: events / batches,
    idleMb,
    waitingMb,
  };
}
