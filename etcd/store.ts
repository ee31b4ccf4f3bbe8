/** All access to etcd goes through this interface. Every write is a fenced transaction, and its outcome is a value. */
import type { Waited } from '../gateway/plan.ts';
import type { Fields, GatewayRef, GatewayVersion, ResourceRef } from '../gateway/resource.ts';
import { markReverted, permitApply, voidEarlierCalls } from './plan-calls.ts';
import { EtcdClient } from './client.ts';
import { putConfig } from './config-records.ts';
import type { PutConfigOutcome } from './config-records.ts';
import { listGateways, readGateway } from './listing.ts';
import type { ListedGateway } from './listing.ts';
import { KEYS, isSegment } from './keys.ts';
import { readNames } from './names.ts';
import type { NamedRecord } from './names.ts';
import type { StoreOptions } from './options.ts';
import { readInventory } from './inventory.ts';
import type { Inventory } from './inventory.ts';
import { pairStore } from './pair-store.ts';
import type { PairStore } from './pair-store.ts';
import { planRecordOf } from './plan-record.ts';
import type { PermitApplyOutcome, PlanRecord } from './plan-record.ts';
import { recordKept, recordMonitoring, recordStack } from './progress.ts';
import type { RecordOutcome } from './progress.ts';
import { publish } from './publish.ts';
import type { PublishOutcome, PublishRequest } from './publish.ts';
import { publishNothing } from './publish-nothing.ts';
import type { NothingPublished } from './publish-nothing.ts';
import { register } from './register.ts';
import type { RegisterResult, RegisterRequest } from './register.ts';
import { openSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { stateOf } from './state.ts';
import type { StateFacts } from './state.ts';
import { foreignTemplates, publishedKinds, publishTemplates } from './templates.ts';
import type { TemplateRecord, TemplateOutcome } from './templates.ts';
import { readUpkeep } from './upkeep.ts';
import type { Upkeep } from './upkeep.ts';
import { forgetEarlierWait, forgetWaited, forgetWaiter, waitersFor, whoWait } from './waiting.ts';
import type { Waiter } from './waiting.ts';
import { waitersOnRouter } from './waiters-on-router.ts';
import type { AwaitedOnRouter } from './waiters-on-router.ts';

export type { GatewayRef, StoreOptions };

/**
 * Every method throws a `StoreUnavailableError` if etcd does not answer, and a `StoreRefusedError` if etcd refuses the request. After
 * either, the method can be called again with the same arguments: it finds what it has written already, and writes nothing twice.
 */
export interface Store extends PairStore {
  /** A view of `/config` at one revision: that of its first read. `expected`: the records that will be read, as far as they are known. */
  snapshot(expected?: readonly ResourceRef[]): Snapshot;
  /** `/state` of a gateway; `undefined` if there is none. */
  state(gateway: GatewayRef): Promise<StateFacts | undefined>;
  /** Writes claims, job records, `job_state` = `{}` and the plan record, all or nothing. If the same run calls again, it finds them written. */
  register(request: RegisterRequest): Promise<RegisterResult>;
  planRecord(gateway: GatewayRef): Promise<PlanRecord | undefined>;
  /** From now on both routers may carry the change. `scheduled`: when the saga's call was scheduled, in ms since the epoch. */
  permitApply(gateway: GatewayVersion, run: string, scheduled?: number): Promise<PermitApplyOutcome>;
  /**
   * From now on every call of the saga that was scheduled earlier is void. Resolves to the record; `undefined`: there is none of this
   * version and run, or a later call has counted.
   */
  voidEarlierCalls(gateway: GatewayVersion, run: string, scheduled?: number): Promise<PlanRecord | undefined>;
  /** Writes into the plan record that both routers were seen without the change. Resolves as `voidEarlierCalls` does, and voids the same calls. */
  markReverted(gateway: GatewayVersion, run: string, scheduled?: number): Promise<PlanRecord | undefined>;
  /** Writes into `heat_stacks` that the action is complete, such as CREATE_COMPLETE, and changes `job_state` from `{}` to `{"heat_outputs":[]}`. */
  recordStack(gateway: GatewayVersion, run: string): Promise<RecordOutcome>;
  /** Writes `state_monitoring` into `job_state`. */
  recordMonitoring(
    gateway: GatewayVersion,
    run: string,
    words: Readonly<Record<string, string>>,
  ): Promise<RecordOutcome>;
  /** Does what `recordStack` and `recordMonitoring` do for a kept change, as far as it is missing, even if the configuration has moved on. */
  recordKept(gateway: GatewayVersion, run: string, words: Readonly<Record<string, string>>): Promise<void>;
  /** The terminal write: `/state`, once per version and attempt. */
  publish(request: PublishRequest): Promise<PublishOutcome>;
  /** Writes into `/state` that a gateway is deleted, if nothing of it stands on its routers. `replaces`: as in the plan. */
  publishNothing(gateway: GatewayVersion, replaces?: string): Promise<NothingPublished>;
  /** All that wait for a gateway, in the order in which they began. */
  waitersFor(gateway: GatewayRef): Promise<readonly Waiter[]>;
  /** Those of these waiters that still wait as they did when they were read. */
  whoWait(waiters: readonly Waiter[]): Promise<readonly Waiter[]>;
  /** Removes the key and the jobs of a waiter whose workflow has gone. */
  forgetWaiter(waiter: Waiter): Promise<void>;
  /** All that wait for a gateway of this router. */
  waitersOnRouter(routerId: string): Promise<readonly AwaitedOnRouter[]>;
  /** Removes what a run has written in order to wait. */
  forgetWaited(gateway: GatewayRef, waited: Waited): Promise<void>;
  /** Removes what an earlier run of the gateway has written in order to wait, unless it is what the present run has written. */
  forgetEarlierWait(gateway: GatewayRef, present: Waited): Promise<void>;
  /**
   * Puts the bodies of templates under their keys, all or none. The version rises when the content differs. If something that gateway-saga did
   * not publish stands under any of the keys, nothing is written, and the outcomes are those keys.
   */
  publishTemplates(templates: readonly TemplateRecord[]): Promise<readonly TemplateOutcome[]>;
  /** Of the keys of the templates with these ids, those under which something stands that gateway-saga did not publish. */
  foreignTemplates(ids: readonly string[]): Promise<readonly string[]>;
  /** Resource types of all kinds that are published. */
  publishedKinds(): Promise<readonly string[]>;
  /** Puts a record under `/config`, unless another one stands there at its version or a higher one. */
  putConfig(ref: ResourceRef, envelope: Fields): Promise<PutConfigOutcome>;
  /** Ids and names of all records of a type; `undefined`: there are more than `NAMES_LIMIT`. */
  names(type: string): Promise<readonly NamedRecord[] | undefined>;
  /** What is known of each gateway of this type, in the order of their ids. */
  gateways(type: string): AsyncIterable<ListedGateway>;
  /** What is known of one gateway, at one revision. */
  gateway(ref: GatewayRef): Promise<ListedGateway>;
  /** Everything that gateway-saga has written about gateways, and the ids of all edge routers. `types`: of gateways, whose `/state` is read. */
  inventory(types: readonly string[]): Promise<Inventory>;
  /** What the routers owe, and which are held for maintenance, for metrics. */
  upkeep(): Promise<Upkeep>;
  /** The alarms that members of etcd have raised: with `NOSPACE` or `CORRUPT` etcd takes no writes. */
  alarms(): Promise<readonly string[]>;
  /** Resolves when etcd answers a linearizable read. */
  ping(): Promise<void>;
  close(): void;
}

/** Connects at the first call. Throws a `TypeError` for options that don't go together. */
export function openStore(options: StoreOptions): Store {
  return storeOver(new EtcdClient(options), options.templatePrefix);
}

export function storeOver(client: EtcdClient, templates: string = KEYS.heatTemplates): Store {
  return {
    ...pairStore(client),
    snapshot: (expected) => openSnapshot(client, expected, templates),
    state: async (gateway) => {
      // Type and id are free text from a request. A text that can't be part of a key has no state.
      if (!isSegment(gateway.resourceType) || !isSegment(gateway.resourceId)) return undefined;
      const [entry] = await client.read('state', [KEYS.state(gateway)] as const);
      return stateOf(entry);
    },
    register: (request) => register(client, request),
    planRecord: async (gateway) => {
      const [entry] = await client.read('plan record', [KEYS.plan(gateway)] as const);
      return planRecordOf(entry);
    },
    permitApply: (gateway, run, scheduled) => permitApply(client, gateway, run, scheduled),
    voidEarlierCalls: (gateway, run, scheduled) => voidEarlierCalls(client, gateway, run, scheduled),
    markReverted: (gateway, run, scheduled) => markReverted(client, gateway, run, scheduled),
    recordStack: (gateway, run) => recordStack(client, gateway, run),
    recordMonitoring: (gateway, run, words) => recordMonitoring(client, gateway, run, words),
    recordKept: (gateway, run, words) => recordKept(client, gateway, run, words),
    publish: (request) => publish(client, request),
    publishNothing: (gateway, replaces) => publishNothing(client, gateway, replaces),
    waitersFor: (gateway) => waitersFor(client, gateway),
    whoWait: (waiters) => whoWait(client, waiters),
    waitersOnRouter: (routerId) => waitersOnRouter(client, routerId),
    forgetWaiter: (waiter) => forgetWaiter(client, waiter),
    forgetWaited: (gateway, waited) => forgetWaited(client, gateway, waited),
    forgetEarlierWait: (gateway, present) => forgetEarlierWait(client, gateway, present),
    publishTemplates: (bodies) => publishTemplates(client, templates, bodies),
    foreignTemplates: (ids) => foreignTemplates(client, templates, ids),
    publishedKinds: () => publishedKinds(client, templates),
    putConfig: (ref, envelope) => putConfig(client, ref, envelope),
    names: (type) => readNames(client, type),
    gateways: (type) => listGateways(client, type),
    gateway: ({ resourceType, resourceId }) => readGateway(client, { resourceType, resourceId }),
    inventory: (types) => readInventory(client, types),
    upkeep: () => readUpkeep(client),
    alarms: () => client.alarms('alarms'),
    ping: async () => {
      await client.read('ping', ['/gateway-saga/ping'] as const);
    },
    close: () => client.close(),
  };
}
