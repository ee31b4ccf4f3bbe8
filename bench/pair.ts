/** Gateways on one pair whose routers take as long to commit and to confirm as real routers: one alone, many at once, and a mixed batch. */
import { workflowIdOf } from '../gateway/resource.ts';
import type { DeviceOptionsInput } from '../simulator/server/index.ts';
import { measureMixed } from './mixed.ts';
import { fewCommitsOn, pairHistory } from './pair-history.ts';
import { differenceRow, plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { gatewaysOn, withScene } from './scene.ts';
import { timed } from './statistics.ts';

const RUNS = 1;
const GATEWAYS = 100;
const COMMIT_SECONDS = 5.6;
const CONFIRM_SECONDS = 2;
const RESERVATION_SECONDS = COMMIT_SECONDS + CONFIRM_SECONDS;
/** The goal, in reservations: one for the first gateway alone, two for the other gateways in batches of at most 64, and one to spare. */
const RESERVATIONS = 4;
const MORE_SECONDS = 1;
const EVENTS = 70;

/** On a router that marks its pending commit, a check confirms that commit, without a further commit. On other routers, a commit confirms it. */
const WAYS: Readonly<Record<string, DeviceOptionsInput>> = {
  'confirmed by a commit, checks at once': {
    pendingMark: 'none',
    delays: { commit: COMMIT_SECONDS * 1_000, confirm: CONFIRM_SECONDS * 1_000 },
  },
  // Each commit includes a check, so the time of the check is subtracted.
  'confirmed by a check': {
    delays: { check: CONFIRM_SECONDS * 1_000, commit: (COMMIT_SECONDS - CONFIRM_SECONDS) * 1_000 },
  },
};

export async function measurePair(runs = RUNS): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [way, device] of Object.entries(WAYS)) rows.push(...(await measureWay(way, device, runs)));
  return rows;
}

async function measureWay(way: string, device: DeviceOptionsInput, runs: number): Promise<Row[]> {
  // Each run has a pair of its own, whose history is empty. One more pair is for the warm-up, and one for the mixed batch.
  return withScene({ pairs: runs + 2, devices: { primary: device, secondary: device } }, async (scene) => {
    await scene.create(await scene.gateway('vpn_gateway', runs));
    const alone: number[] = [];
    const together: number[] = [];
    const commits: number[] = [];
    const gatewayEvents: number[] = [];
    const batchEvents: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const { temporal, fleet } = scene;
      const one = await scene.gateway('vpn_gateway', run);
      alone.push((await timed(() => scene.create(one))) / 1_000);
      const gateways = await gatewaysOn(scene, run, GATEWAYS);
      const [before, made] = [await pairHistory(temporal, fleet, run), await fewCommitsOn(fleet, run)];
      const all = () => Promise.all(gateways.map((gateway) => scene.create(gateway)));
      together.push((await timed(all)) / 1_000);
      const after = await pairHistory(temporal, fleet, run);
      commits.push((await fewCommitsOn(fleet, run)) - made);
      batchEvents.push((after.events - before.events) / (after.batches - before.batches));
      for (const gateway of gateways) gatewayEvents.push(await scene.events(workflowIdOf(gateway)));
    }
    const constant = (value: number) => Array.from({ length: runs }, () => value);
    const many = `${GATEWAYS} creates at once on one pair; ${way}`;
    return [
      differenceRow(
        {
          what: `create, alone; ${way}`,
          unit: 's',
          baseline: 'commit and confirm',
          values: { measured: alone, baseline: constant(RESERVATION_SECONDS) },
        },
        MORE_SECONDS,
      ),
      ratioRow(
        {
          what: many,
          unit: 's',
          baseline: `${RESERVATIONS} × commit and confirm`,
          values: { measured: together, baseline: constant(RESERVATIONS * RESERVATION_SECONDS) },
        },
        1,
      ),
      ratioRow({
        what: many,
        unit: 's',
        baseline: 'one after the other (computed)',
        values: { measured: together, baseline: alone.map((seconds) => seconds * GATEWAYS) },
      }),
      plainRow(`${many}: commits on each router`, 'commits', commits),
      plainRow(`${many}: history of each`, 'events', gatewayEvents, EVENTS),
      plainRow(`${many}: the pair's history, each batch`, 'events', batchEvents),
      ...(await measureMixed(scene, runs + 1, way, RESERVATION_SECONDS)),
    ];
  });
}
