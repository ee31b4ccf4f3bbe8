/** Gateways that stand on the routers of a scene, and what is registered on top of them. */
import assert from 'node:assert/strict';
import { publishCompleted } from '../../../activities/saga/publish.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { TestEtcd } from '../../etcd/fixture.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { register } from './scene.ts';
import type { Scene } from './scene.ts';

/** Gateways that both routers carry at version 1, as `/state` says. Uses a reservation of its own. */
export async function standing(scene: Scene, count: number): Promise<readonly TestGateway[]> {
  const gateways: TestGateway[] = [];
  const members = await scene.gateways(count, 'vpn_gateway', (gateway) => void gateways.push(gateway));
  const reservation = await scene.reservation();
  assert.equal((await scene.apply(reservation, members)).applied.length, count);
  assert.equal((await scene.settle(reservation, { confirm: members })).kept.length, count);
  for (const member of members) await publishCompleted(scene.deps, { ...member, seen: [] });
  await scene.deps.store.endReservation({ reservation, routers: scene.ids });
  return gateways;
}

/** Registers the next version, in which other filters police the gateway. */
export function update(scene: Scene, etcd: TestEtcd, gateway: TestGateway): Promise<PairMember> {
  const { body } = gateway.neighbour('qos_option');
  body['incoming_policer_name'] = '10M-GA-UP-INET';
  return next(scene, etcd, gateway);
}

/** Registers the next version, whose template has two statements in another order. */
export function reordered(scene: Scene, etcd: TestEtcd, gateway: TestGateway): Promise<PairMember> {
  const { kinds } = scene.deps;
  const own = kinds.get(gateway.resourceType);
  assert.ok(own !== undefined && 'create' in own.kind);
  const lines = /( +description vpn_gw;\n)( +vlan-id [^\n]*\n)/;
  assert.match(own.kind.create, lines);
  const kind = { ...own.kind, create: own.kind.create.replace(lines, '$2$1') };
  const changed = new Map([...kinds, [gateway.resourceType, { ...own, kind }]]);
  const deps = { ...scene.deps, kinds: Object.assign(changed, { neighbours: kinds.neighbours }) };
  return next({ ...scene, deps }, etcd, gateway);
}

/** Registers the deletion. */
export function deletion(scene: Scene, etcd: TestEtcd, gateway: TestGateway): Promise<PairMember> {
  gateway.gateway.markedForDeletion = true;
  return next(scene, etcd, gateway);
}

/** Registers the next version, with what the gateway's records say at this moment. */
export async function next(scene: Scene, etcd: TestEtcd, gateway: TestGateway): Promise<PairMember> {
  gateway.gateway.version += 1;
  await writeRecords([etcd.endpoint], [...gateway.neighbours, gateway.gateway].map(recordOf));
  const { resourceType, resourceId } = gateway;
  return register(scene.deps, { resourceType, resourceId });
}

/** The statement that names the gateway's downlink unit in the simulated base. */
export function unitOf({ gateway }: TestGateway): string {
  return `interfaces ae0 unit ${String(gateway.body['downlink_vlan_id'])}`;
}

/** Somebody commits these set commands on a router. */
export async function byHand(router: Scene['one'], ...lines: readonly string[]): Promise<void> {
  const operator = client(router.device);
  await operator.set(...lines);
  await operator.ok(COMMIT);
  operator.session.close();
}
