/** Two simulated routers, a real etcd and registered gateways: everything that the pair's transactions need, without a workflow. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dependencies, Kinds } from '../../../activities/dependencies.ts';
import type { AttemptContext } from '../../../activities/router/attempt-context.ts';
import { apply } from '../../../activities/pair/apply.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { planning } from '../../../activities/saga/plan.ts';
import { registerPlan } from '../../../activities/saga/register.ts';
import type { Path } from '../../../junos/tree.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { OwedChange } from '../../../pair/router-record.ts';
import type { ApplyOutcome, SettleOutcome } from '../../../pair/transactions.ts';
import { inverseOf } from '../../../gateway/change.ts';
import type { Meter } from '../../../gateway/meter.ts';
import { DEFAULT_POLICY, ROUTER_DEADLINES } from '../../../gateway/policies.ts';
import type { Policy } from '../../../gateway/policies.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { startLocalRouters } from '../../../local/routers.ts';
import type { LocalRouter } from '../../../local/routers.ts';
import { parseConnectTo } from '../../../netconf/connect-to.ts';
import { SessionPool } from '../../../netconf/pool.ts';
import type { SessionPoolOptions } from '../../../netconf/pool.ts';
import type { DeviceOptionsInput } from '../../../simulator/server/index.ts';
import type { Fence } from '../../../etcd/pair-store.ts';
import type { TestEtcd } from '../../etcd/fixture.ts';
import { packagedKinds } from '../../gateway/packaged-kinds.ts';
import { gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import type { SampleKind, TestGateway } from '../../../local/test-gateway.ts';

export interface Scene {
  readonly deps: Dependencies;
  readonly one: LocalRouter;
  readonly other: LocalRouter;
  readonly routers: readonly [LocalRouter, LocalRouter];
  readonly ids: readonly [string, string];
  /** Registers new gateways on the pair. */
  gateways(count: number, kind?: SampleKind, edit?: (gateway: TestGateway) => void): Promise<PairMember[]>;
  /** Deletes all claims on the pair, as a person may, and registers a gateway on the VLANs and the VRF of the last one. */
  clashing(kind?: SampleKind): Promise<PairMember>;
  /** Reserves both routers for the pair. Resolves to the id of the reservation. */
  reservation(pair?: string): Promise<string>;
  /** The fence of a reservation, with the last fencing token that was issued. */
  fence(reservation: string): Promise<Fence>;
  apply(
    reservation: string,
    members: readonly PairMember[],
    context?: Partial<AttemptContext>,
  ): Promise<ApplyOutcome>;
  settle(reservation: string, verdicts: Verdicts, context?: Partial<AttemptContext>): Promise<SettleOutcome>;
  /** `apply` and `settle` without any patience: each attempt is the last one. */
  readonly impatient: Pick<Scene, 'apply' | 'settle'>;
  /** A second worker, with its own sessions, which remembers nothing. */
  worker(): Dependencies;
  close(): Promise<void>;
}

export interface Verdicts {
  readonly confirm?: readonly PairMember[];
  readonly revert?: readonly PairMember[];
}

export interface SceneOptions {
  readonly device?: DeviceOptionsInput;
  readonly policy?: Partial<Policy>;
  readonly pool?: Partial<SessionPoolOptions>;
  /** Adds kinds to those of the product. */
  readonly kinds?: (kinds: Kinds) => Kinds;
  readonly meter?: Meter;
}

const LOGIN = { username: 'esi', password: 'esiesi0000' };

/** The default policy, but with little patience. */
const PAIR_POLICY: Policy = { ...DEFAULT_POLICY, patienceMs: 10_000, settlePatienceMs: 10_000 };

export async function openScene(etcd: TestEtcd, options: SceneOptions = {}): Promise<Scene> {
  const sample = (name: string, address: string) => ({ id: randomUUID(), name, address, ...LOGIN });
  const pair = [sample('MX-1', '10.79.5.185:830'), sample('MX-2', '10.79.5.184:830')] as const;
  const device = { minute: options.policy?.minuteMs ?? PAIR_POLICY.minuteMs, ...options.device };
  const local = await startLocalRouters([pair], { options: device });
  const [one, other] = local.routers as [LocalRouter, LocalRouter];
  const folder = await mkdtemp(join(tmpdir(), 'pair-'));
  const knownHosts = join(folder, 'known_hosts');
  await writeFile(knownHosts, local.knownHosts);
  const kinds = (options.kinds ?? ((own) => own))(await packagedKinds());
  const pools: SessionPool[] = [];
  const worker = (): Dependencies => {
    const routers = new SessionPool({
      knownHosts,
      connectTo: parseConnectTo(local.connectTo),
      ...ROUTER_DEADLINES,
      ...options.pool,
    });
    pools.push(routers);
    const policy = { ...PAIR_POLICY, ...options.policy };
    const { meter } = options;
    return { store: etcd.store, routers, kinds, policy, searchAttributes: async () => [], meter };
  };
  const deps = worker();
  const ids = [one.id, other.id] as const;
  let count = 0;
  const transactions = (by: Dependencies): Pick<Scene, 'apply' | 'settle'> => ({
    apply: (reservation, members, context) =>
      apply(by, contextOf(context), { reservation, routers: ids, members }),
    settle: (reservation, { confirm = [], revert = [] }, context) =>
      settle(by, contextOf(context), { reservation, routers: ids, confirm, revert }),
  });
  const registered = async (
    kind: SampleKind,
    number: number,
    edit?: (gateway: TestGateway) => void,
  ): Promise<PairMember> => {
    const gateway = gatewayOn(kind, { primary: one.id, secondary: other.id }, number);
    edit?.(gateway);
    for (const { type, body } of gateway.neighbours)
      if (type === 'edge_router') body['name'] = body.id === one.id ? one.name : other.name;
    await writeRecords([etcd.endpoint], [...gateway.neighbours, gateway.gateway].map(recordOf));
    const { resourceType, resourceId } = gateway;
    return register(deps, { resourceType, resourceId });
  };
  return {
    deps,
    one,
    other,
    routers: [one, other],
    ids,
    async gateways(wanted, kind = 'vpn_gateway', edit) {
      const members: PairMember[] = [];
      for (let made = 0; made < wanted; made += 1) members.push(await registered(kind, (count += 1), edit));
      return members;
    },
    async clashing(kind = 'vpn_gateway') {
      for (const id of ids) await etcd.raw.delete().prefix(`/gateway-saga/claims/${id}/`);
      return registered(kind, count);
    },
    async reservation(name = 'router_pair:test') {
      const reservation = `${randomUUID().slice(0, 8)}.1`;
      const since = new Date().toISOString();
      const taken = await etcd.store.reserve({ reservation, pair: name, routers: ids, since });
      if (taken.kind !== 'reserved') throw new Error(`not reserved: ${JSON.stringify(taken)}`);
      return reservation;
    },
    async fence(reservation) {
      const { reservation: current } = await etcd.store.router(one.id);
      return { reservation, routers: ids, token: current?.token ?? 0 };
    },
    ...transactions(deps),
    impatient: transactions({ ...deps, policy: { ...deps.policy, patienceMs: 0, settlePatienceMs: 0 } }),
    worker,
    async close() {
      await Promise.all(pools.map((pool) => pool.close(100)));
      await local.close();
      await rm(folder, { recursive: true });
    },
  };
}

export function contextOf(given: Partial<AttemptContext> = {}): AttemptContext {
  return { signal: new AbortController().signal, since: Date.now(), now: Date.now, attempt: 1, ...given };
}

/** Registers a gateway's change, as the saga does before its first request. */
export async function register(
  deps: Dependencies,
  ref: { readonly resourceType: string; readonly resourceId: string },
): Promise<PairMember> {
  const outcome = await planning(deps)(ref);
  if (outcome.kind !== 'planned') throw new Error(`not planned: ${JSON.stringify(outcome)}`);
  const registered = await registerPlan(deps, outcome.plan, Date.now());
  if (registered.kind !== 'registered') throw new Error(`not registered: ${JSON.stringify(registered)}`);
  const { gateway, run, name } = registered.plan;
  const member = { gateway, run, name };
  const record = await deps.store.planRecord(gateway);
  if (record === undefined) throw new Error('no plan record');
  owned.set(
    member,
    Object.fromEntries(Object.values(record.routers).map(({ id, after }) => [id, after?.owns ?? []])),
  );
  return member;
}

const owned = new WeakMap<PairMember, Readonly<Record<string, readonly Path[]>>>();

/** The owed change of a gateway that can't be reverted on the secondary router. */
export async function owedOf({ store }: Dependencies, { gateway }: PairMember): Promise<OwedChange> {
  const plan = await store.planRecord(gateway);
  if (plan === undefined) throw new Error('no plan record');
  const { before, after } = plan.routers.secondary;
  return { gateway, role: 'secondary', change: inverseOf({ before, after }), since: '', reason: '' };
}

/** The stanzas that a gateway of a scene owns on a router. */
export function ownedOn(member: PairMember, routerId: string): readonly Path[] {
  return owned.get(member)?.[routerId] ?? [];
}
