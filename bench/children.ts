/**
 * Many routes of one gateway, all asked for before the gateway exists, on routers that commit without delay. Shows what it costs that the routes
 * wait and that all are woken at once, and in which order they are made.
 */
import { randomUUID } from 'node:crypto';
import type { GatewayRun } from '../client/index.ts';
import { EtcdClient } from '../etcd/client.ts';
import { KEYS } from '../etcd/keys.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { writeRecords } from '../local/load-samples.ts';
import { familyOn, recordOf } from '../local/test-gateway.ts';
import type { TestGateway, TestResource } from '../local/test-gateway.ts';
import { eachOf, livesOf } from './burst.ts';
import type { Life } from './burst.ts';
import { EtcdRequests } from './etcd-requests.ts';
import { measureFamily } from './family.ts';
import { pairHistory } from './pair-history.ts';
import { peakMemory, usageOf } from './process-usage.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene, Servers } from './scene.ts';
import { timed } from './statistics.ts';

const CHILDREN = 1_000;
const WARM_UP = 20;
/** How many children are asked for at the same time: few, so that the server's times tell their order. */
const ASKED = 25;
/** How many results are awaited at the same time, and how many records are written in one transaction, at most. */
const [WAITED_FOR, WRITTEN] = [500, 100];
const LOOK_MS = 1_000;
/** Of how many histories the events are counted, at most. */
const COUNTED = 50;

interface Child extends GatewayRef {
  readonly resource: TestResource;
}

export async function measureChildren(runs = 1, children = CHILDREN): Promise<Row[]> {
  const rows: Row[] = [];
  for (let run = 0; run < runs; run += 1) rows.push(...(await measure(children)));
  return [...rows, ...(await measureFamily(runs))];
}

async function measure(count: number): Promise<Row[]> {
  let requests: EtcdRequests | undefined;
  const through = async ({ etcd, temporal }: Servers): Promise<Servers> => {
    requests = await EtcdRequests.open(etcd);
    return { etcd: requests.endpoint, temporal };
  };
  try {
    return await withScene({ pairs: 2, through }, async (scene) => {
      await createAll(scene, 1, WARM_UP, () => undefined);
      return createAll(scene, 0, count, () => requests?.take().length);
    });
  } finally {
    await requests?.close();
  }
}

/** `requestsMade`: gives the number of requests to etcd since its last call. */
async function createAll(
  scene: Scene,
  pair: number,
  count: number,
  requestsMade: () => number | undefined,
): Promise<Row[]> {
  const { worker, temporal, fleet } = scene;
  const [parent, children] = await familyOf(scene, pair, count);
  const { residentMb: idleMb, cpuMs } = await usageOf(worker.pid);
  requestsMade();
  const runs: GatewayRun[] = [];
  let asking = 0;
  const waitingMb = await peakMemory(worker.pid, async () => {
    asking = await timed(async () => {
      await eachOf(children, ASKED, async (child, number) => void (runs[number] = await scene.start(child)));
      await untilWaiting(scene, parent, count);
    });
  });
  const toWait = requestsMade() ?? 0;
  let [parentMs, allMs] = [0, 0];
  const makingMb = await peakMemory(worker.pid, async () => {
    allMs = await timed(async () => {
      parentMs = await timed(() => scene.create(parent));
      await eachOf(runs, WAITED_FOR, (run) => scene.created(run));
    });
  });
  const toMake = requestsMade() ?? 0;
  const events: number[] = [];
  for (const child of children.filter((_, number) => number % Math.ceil(count / COUNTED) === 0))
    events.push(await scene.events(workflowIdOf(child)));
  const { batches, events: pairEvents } = await pairHistory(temporal, fleet, pair);
  const what = `${count} routes asked for before their gateway`;
  const memory = (name: string, mb: number) =>
    ratioRow({
      what: `${what}: worker's memory at most ${name}`,
      unit: 'MB',
      baseline: 'the same worker before',
      values: { measured: [mb], baseline: [idleMb] },
    });
  const plain = (name: string, unit: Row['unit'], ...values: number[]) =>
    plainRow(`${what}: ${name}`, unit, values);
  return [
    plain('until all wait', 's', asking / 1_000),
    memory('until all wait', waitingMb),
    plain('requests to etcd until it waits, each', 'requests', toWait / count),
    plain('the gateway, before its routes', 's', parentMs / 1_000),
    plain('until all are made', 's', allMs / 1_000),
    memory('then', makingMb),
    plain('requests to etcd from the wake on, each', 'requests', toMake / count),
    plain("the worker's CPU time, each", 'ms of CPU', ((await usageOf(worker.pid)).cpuMs - cpuMs) / count),
    plain('history of each', 'events', ...events),
    plain('batches', 'batches', batches),
    plain("the pair's history, each batch", 'events', pairEvents / batches),
    plain(
      'made before it, though asked for later',
      'gateways',
      ...overtakenIn(await livesOf(scene, children)),
    ),
  ];
}

/** A gateway that nobody has asked for yet, and routes in it. The records of all of them are in etcd. */
async function familyOf(scene: Scene, pair: number, count: number): Promise<[TestGateway, readonly Child[]]> {
  const routers = scene.fleet.pairs[pair];
  if (routers === undefined) throw new RangeError(`expected a pair ${pair}, got none`);
  const ids = { primary: routers.primary.id, secondary: routers.secondary.id };
  const { children, ...parent } = familyOn('vpn_gateway', ids);
  await scene.write(parent);
  const sample = children.find(({ type }) => type === 'static_route');
  if (sample === undefined) throw new Error('expected a route among the samples, got none');
  const made = Array.from({ length: count }, (_, number) => routeLike(sample, number));
  for (let from = 0; from < count; from += WRITTEN) {
    const some = made.slice(from, from + WRITTEN);
    await writeRecords(
      scene.etcd,
      some.map(({ resource }) => recordOf(resource)),
    );
  }
  return [parent, made];
}

function routeLike({ type, version, body }: TestResource, number: number): Child {
  const id = randomUUID();
  const destination = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}/32`;
  const resource = { type, version, body: { ...body, id, name: `route-${number}`, destination } };
  return { resourceType: type, resourceId: id, resource };
}

/** Resolves once `count` sagas have written into etcd that they wait for the gateway. */
async function untilWaiting(scene: Scene, gateway: GatewayRef, count: number): Promise<void> {
  const client = new EtcdClient({ endpoints: scene.etcd });
  try {
    while ((await client.readInPages('waiting', KEYS.waiting(gateway))).length < count)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  } finally {
    client.close();
  }
}

/** For each life, how many others ended before it, though they were started later. */
export function overtakenIn(lives: readonly Life[]): number[] {
  return lives.map(
    ({ started, closed }) => lives.filter((one) => one.started > started && one.closed < closed).length,
  );
}
