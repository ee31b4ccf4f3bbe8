/** A full batch of creations, updates and deletions on one pair, one of each of which fails; and how long the histories of changes are. */
import { workflowIdOf } from '../gateway/resource.ts';
import type { TestGateway } from '../local/test-gateway.ts';
import { commit, loadSet, lock, unlock } from '../netconf/operations.ts';
import type { Fleet } from './fleet.ts';
import { fewCommitsOn } from './pair-history.ts';
import { openPushSession } from './push-session.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import type { Scene } from './scene.ts';
import { timed } from './statistics.ts';

/** How many changes of each action there are. The first of each fails: 61 of the 64 are made. */
const MEMBERS = { created: 21, updated: 22, deleted: 21 } as const;
type Wanted = keyof typeof MEMBERS;
const FAILING = 3;
const ALL = MEMBERS.created + MEMBERS.updated + MEMBERS.deleted;
/** The goal, in reservations. Each takes a commit on trial, and a second one that confirms it. */
const RESERVATIONS = 4;
const EVENTS = { updated: 60, deleted: 50, unchanged: 25 } as const;

/** `reservationSeconds`: how long the routers take for a commit and a confirm. */
export async function measureMixed(
  scene: Scene,
  pair: number,
  way: string,
  reservationSeconds: number,
): Promise<Row[]> {
  const members: { readonly gateway: TestGateway; readonly wanted: Wanted; readonly fails: boolean }[] = [];
  for (const wanted of Object.keys(MEMBERS) as Wanted[])
    for (let index = 0; index < MEMBERS[wanted]; index += 1)
      members.push({ gateway: await scene.gateway('vpn_gateway', pair), wanted, fails: index === 0 });
  const standing = members.filter(({ wanted }) => wanted !== 'created');
  await Promise.all(standing.map(({ gateway }) => scene.create(gateway)));
  for (const { gateway, wanted, fails } of members) {
    if (wanted === 'deleted' && fails) await addByHand(scene.fleet, pair, gateway);
    await scene.write(nextOf(gateway, wanted, fails));
  }
  const made = await fewCommitsOn(scene.fleet, pair);
  let outcomes: readonly string[] = [];
  const took = await timed(async () => {
    outcomes = await Promise.all(members.map(({ gateway }) => scene.apply(gateway)));
  });
  const commits = (await fewCommitsOn(scene.fleet, pair)) - made;
  const asWanted = members.filter(
    ({ wanted, fails }, index) => outcomes[index] === (fails ? 'failed' : wanted),
  );
  const good = asWanted.filter(({ fails }) => !fails).length;
  const what = `${ALL} creations, updates and deletions at once on one pair, ${FAILING} of them failing; ${way}`;
  const eventsOf = async (gateways: readonly TestGateway[]) => {
    const counts: number[] = [];
    for (const gateway of gateways) {
      counts.push(await scene.events(workflowIdOf(gateway)));
    }
    return counts;
  };
  const ended = (word: Wanted) =>
    asWanted.flatMap(({ gateway, wanted, fails }) => (wanted === word && !fails ? [gateway] : []));
  const [updated, deleted] = [await eventsOf(ended('updated')), await eventsOf(ended('deleted'))];
  const same = ended('updated').slice(0, 1);
  for (const gateway of same) {
    gateway.gateway.version += 1;
    await scene.write(gateway);
    const outcome = await scene.apply(gateway);
    if (outcome !== 'unchanged') throw new Error(`expected that it is unchanged, got ${outcome}`);
  }
  return [
    ratioRow({
      what,
      unit: 's',
      baseline: `${RESERVATIONS} × commit and confirm`,
      values: { measured: [took / 1_000], baseline: [RESERVATIONS * reservationSeconds] },
    }),
    plainRow(`${what}: commits and confirms on each router`, 'commits', [commits], 2 * RESERVATIONS),
    {
      ...plainRow(`${what}: made as wanted`, 'gateways', [good]),
      goal: { says: `${ALL - FAILING}, and ${FAILING} failed`, met: asWanted.length === ALL },
    },
    plainRow(`update: history; ${way}`, 'events', updated, EVENTS.updated),
    plainRow(`deletion: history; ${way}`, 'events', deleted, EVENTS.deleted),
    plainRow(
      `update without a difference: history; ${way}`,
      'events',
      await eventsOf(same),
      EVENTS.unchanged,
    ),
  ];
}

/** The gateway with its records as they are to be written next. */
function nextOf(gateway: TestGateway, wanted: Wanted, fails: boolean): TestGateway {
  const { body } = gateway.neighbour('qos_option');
  if (wanted === 'updated') {
    body['incoming_policer_name'] = '10M-GA-UP-INET';
    body['outgoing_policer_name'] = '10M-GA-DOWN-INET';
  }
  // The router's check refuses a filter that does not exist.
  if (fails && wanted !== 'deleted') body['incoming_policer_name'] = 'MISSING';
  if (wanted === 'created') return gateway;
  gateway.gateway.version += 1;
  gateway.gateway.markedForDeletion = wanted === 'deleted';
  return gateway;
}

/** Puts a statement into a gateway's stanza as a person would. Such a statement is in the way of the gateway's deletion. */
async function addByHand(fleet: Fleet, pair: number, { gateway: { body } }: TestGateway): Promise<void> {
  const unit = String(body['downlink_vlan_id']);
  const { session } = await openPushSession(fleet, 2 * pair);
  try {
    await session.request(lock());
    await session.request(loadSet([`set interfaces ae0 unit ${unit} family inet address 203.0.113.1/32`]));
    await session.request(commit({ log: 'by hand' }));
    await session.request(unlock());
  } finally {
    await session.close();
  }
}
