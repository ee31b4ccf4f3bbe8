/** A gateway with all that makes it useful, asked for at once, on routers that take as long as real ones to commit and to confirm. */
import { randomUUID } from 'node:crypto';
import { writeRecords } from '../local/load-samples.ts';
import { familyOn, recordOf } from '../local/test-gateway.ts';
import type { TestResource } from '../local/test-gateway.ts';
import { fewCommitsOn } from './pair-history.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { timed } from './statistics.ts';

const [ROUTES, ADDRESSES] = [10, 3];
/** The gateway, then its addresses, then what names an address: the interface and the routes. */
const LEVELS = 3;
const [COMMIT_SECONDS, CONFIRM_SECONDS] = [5.6, 2];
/** On these routers a second commit confirms the first one, so the commit history has both. */
const DEVICE = {
  pendingMark: 'none',
  delays: { commit: COMMIT_SECONDS * 1_000, confirm: CONFIRM_SECONDS * 1_000 },
} as const;

/** Each run has a pair of its own. */
export async function measureFamily(runs: number): Promise<Row[]> {
  return withScene({ pairs: runs + 1, devices: { primary: DEVICE, secondary: DEVICE } }, async (scene) => {
    await scene.create(await scene.gateway('vpn_gateway', runs));
    const [times, commits]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run += 1) {
      times.push((await timed(() => createFamily(scene, run))) / 1_000);
      commits.push(await fewCommitsOn(scene.fleet, run));
    }
    const what = `a gateway with an interface, ${ADDRESSES} addresses and ${ROUTES} routes, all asked for at once`;
    const limit = LEVELS * (COMMIT_SECONDS + CONFIRM_SECONDS);
    const baseline = times.map(() => limit);
    return [
      ratioRow({
        what,
        unit: 's',
        baseline: `${LEVELS} × commit and confirm`,
        values: { measured: times, baseline },
      }),
      plainRow(`${what}: commits and confirms on each router`, 'commits', commits, 2 * LEVELS),
    ];
  });
}

/** Creates a gateway with all its children. Asks for the innermost children first, and for the gateway last. */
async function createFamily(scene: Scene, pair: number): Promise<void> {
  const routers = scene.fleet.pairs[pair];
  if (routers === undefined) throw new RangeError(`expected a pair ${pair}, got none`);
  const ids = { primary: routers.primary.id, secondary: routers.secondary.id };
  const { gateway, neighbours, children } = familyOn('internet_gateway', ids);
  const sample = (type: string) => {
    const found = children.find((one) => one.type === type);
    if (found === undefined) throw new Error(`expected a ${type} among the samples, got none`);
    return found;
  };
  const address = sample('public_ip');
  const others = Array.from({ length: ADDRESSES - 1 }, (_, number) =>
    another(address, { cidr: `198.51.100.${16 * number}` }),
  );
  const route = sample('static_route');
  const routes = Array.from({ length: ROUTES - 1 }, (_, number) =>
    another(route, { destination: `198.51.100.${number}/32` }),
  );
  const all = [...routes, route, sample('gw_interface'), ...others, address, gateway];
  await writeRecords(scene.etcd, [...neighbours, ...all].map(recordOf));
  const runs = await Promise.all(
    all.map(({ type, body }) => scene.start({ resourceType: type, resourceId: body.id })),
  );
  await Promise.all(runs.map((run) => scene.created(run)));
}

function another({ type, version, body }: TestResource, fields: Record<string, string>): TestResource {
  const id = randomUUID();
  return { type, version, body: { ...body, id, name: id, ...fields } };
}
