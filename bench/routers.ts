/** One worker with an open session to each of a thousand routers. */
import type { TestGateway } from '../local/test-gateway.ts';
import { usageOf } from './process-usage.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { timed } from './statistics.ts';

const PAIRS = 500;
/** Pairs that get a gateway at the same time. The number does not matter, because only what remains afterwards is measured. */
const AT_ONCE = 50;
const WATCHED_MS = 20_000;

export async function measureRouters(runs = 1): Promise<Row[]> {
  const taken: Awaited<ReturnType<typeof oneOnEach>>[] = [];
  for (let run = 0; run < runs; run += 1) taken.push(await withScene({ pairs: PAIRS }, oneOnEach));
  const what = `one worker, ${2 * PAIRS} routers`;
  const of = (value: (one: (typeof taken)[number]) => number) => taken.map(value);
  return [
    plainRow(
      `${what}: one gateway on each pair`,
      's',
      of(({ seconds }) => seconds),
    ),
    ratioRow({
      what: `${what}: memory afterwards`,
      unit: 'MB',
      baseline: 'the same worker before',
      values: { measured: of(({ afterMb }) => afterMb), baseline: of(({ beforeMb }) => beforeMb) },
    }),
    ratioRow({
      what: `${what}: sessions open then`,
      unit: 'sessions',
      baseline: 'one to each',
      values: { measured: of(({ sessions }) => sessions), baseline: of(() => 2 * PAIRS) },
    }),
    plainRow(
      `${what}: for each session`,
      'MB',
      of(({ beforeMb, afterMb, sessions }) => (afterMb - beforeMb) / sessions),
    ),
    plainRow(
      `${what}, idle`,
      '% of a core',
      of(({ idleCpu }) => idleCpu),
    ),
  ];
}

async function oneOnEach(scene: Scene) {
  const { pid } = scene.worker;
  const gateways: TestGateway[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) gateways.push(await scene.gateway('vpn_gateway', pair));
  const { residentMb: beforeMb } = await usageOf(pid);
  const ms = await timed(async () => {
    for (let from = 0; from < PAIRS; from += AT_ONCE)
      await Promise.all(gateways.slice(from, from + AT_ONCE).map((gateway) => scene.create(gateway)));
  });
  const before = await usageOf(pid);
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  // Sessions are counted, because some may have ended: the worker ends sessions that were not used for five minutes.
  const [after, sessions] = await Promise.all([usageOf(pid), scene.fleet.count('connections')]);
  const idleCpu = ((after.cpuMs - before.cpuMs) / WATCHED_MS) * 100;
  return { seconds: ms / 1_000, beforeMb, afterMb: after.residentMb, sessions, idleCpu };
}
