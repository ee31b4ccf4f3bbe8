/**
 * The embedded stack for a measurement: etcd, Temporal, routers, the real worker and the do-nothing worker, each in a process of its own.
 * The client is in this process.
 */
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { GatewayClient } from '../client/index.ts';
import type { ChangeOutcome, GatewayRun } from '../client/index.ts';
import { CREATE_GATEWAY, SEARCH_ATTRIBUTES } from '../gateway/messages.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { startChild } from '../local/child.ts';
import type { ChildProgram } from '../local/child.ts';
import { openConnection } from '../local/connection.ts';
import { writeRecords } from '../local/load-samples.ts';
import { SHORT_MINUTES } from '../local/short-minutes.ts';
import { startStack } from '../local/stack.ts';
import type { Stack } from '../local/stack.ts';
import { startWorker } from '../local/worker-process.ts';
import { gatewayOn, recordOf } from '../local/test-gateway.ts';
import type { SampleKind, TestGateway } from '../local/test-gateway.ts';
import { startFleet } from './fleet.ts';
import type { Fleet, FleetDevices } from './fleet.ts';
import { NOTHING_QUEUE, nothingOn } from './nothing/names.ts';

export interface SceneOptions {
  readonly pairs: number;
  readonly devices?: FleetDevices;
  /** Gives the addresses that the worker uses for the servers, such as those of proxies. Default: the servers' own. */
  readonly through?: (servers: Servers) => Promise<Servers>;
}

/** The servers' addresses, as `host:port`. */
export interface Servers {
  readonly etcd: string;
  readonly temporal: string;
}

export interface Scene {
  readonly fleet: Fleet;
  readonly temporal: Client;
  readonly worker: ChildProgram;
  readonly idleWorker: ChildProgram;
  /** The endpoints of etcd itself, whatever the worker goes through. */
  readonly etcd: readonly string[];
  /** Makes the next gateway on a pair and writes it to etcd, with all resources that it refers to. */
  gateway(kind: SampleKind, pair: number): Promise<TestGateway>;
  /** Writes a gateway's records again, and those of all resources that it refers to. */
  write(gateway: TestGateway): Promise<void>;
  /** Starts whatever change the gateway's configuration asks for, and waits for its end. Resolves to the kind of the outcome. */
  apply(gateway: TestGateway): Promise<ChangeOutcome['kind']>;
  start(gateway: GatewayRef): Promise<GatewayRun>;
  /** Waits for the outcome. Throws if that is not `created`. */
  created(run: GatewayRun): Promise<void>;
  /** Starts a creation and waits for its outcome. */
  create(gateway: TestGateway): Promise<void>;
  /** Runs one do-nothing saga to its end, on a pair that does not exist. Resolves to its workflow id. */
  doNothing(pair: number): Promise<string>;
  /** How many events a workflow's history has, besides signals: a signal is its sender's doing, not the workflow's. */
  events(workflowId: string): Promise<number>;
}

const AT_ONCE: FleetDevices = { primary: {}, secondary: {} };

/** Starts all parts of a scene for a measurement, and ends them afterwards. */
export async function withScene<T>(
  { pairs, devices = AT_ONCE, through = async (servers) => servers }: SceneOptions,
  measure: (scene: Scene) => Promise<T>,
): Promise<T> {
  const endings: (() => Promise<unknown>)[] = [];
  try {
    const fleet = await startFleet(pairs, devices);
    endings.push(() => fleet.close());
    const stack = await startStack({ policy: SHORT_MINUTES.policy });
    endings.push(() => stack.stop());
    const { address, namespace } = stack.temporal;
    const servers = await through({ etcd: stack.etcd.endpoints.join(), temporal: address });
    const environment = {
      ...stack.environment,
      ETCDCTL_ENDPOINTS: servers.etcd,
      TEMPORAL_ADDRESS: servers.temporal,
      GATEWAY_SAGA_KNOWN_HOSTS: await stack.run.write('fleet_known_hosts', fleet.knownHosts),
      GATEWAY_SAGA_CONNECT_TO: fleet.connectTo,
    };
    const worker = await startWorker({ ...stack, environment });
    const idleWorker = await startIdleWorker(stack);
    const client = await GatewayClient.connect({ address, env: {} });
    endings.push(() => client.close());
    const connection = await openConnection(address);
    endings.push(() => connection.close());
    const temporal = new Client({ connection, namespace });
    const scene = sceneOf(stack, { fleet, temporal, worker, idleWorker }, client);
    // Without this, a measurement would wait forever for a worker or routers that have ended.
    const gone = Promise.race([fleet.exited, worker.exited, idleWorker.exited]).then(() => {
      throw new Error(`a worker or the routers ended before their time: see ${stack.logs}`);
    });
    gone.catch(() => undefined);
    return await Promise.race([scene.doNothing(0).then(() => measure(scene)), gone]);
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

/** Makes `count` gateways on one pair. */
export async function gatewaysOn(scene: Scene, pair: number, count: number): Promise<TestGateway[]> {
  const gateways = [];
  for (let made = 0; made < count; made += 1) gateways.push(await scene.gateway('vpn_gateway', pair));
  return gateways;
}

/** How many of these events are not the doing of whoever signals. */
export function ownEvents(
  events: readonly { readonly workflowExecutionSignaledEventAttributes?: unknown }[],
): number {
  return events.filter((event) => !event.workflowExecutionSignaledEventAttributes).length;
}

async function startIdleWorker(stack: Stack): Promise<ChildProgram> {
  const program = fileURLToPath(new URL('nothing/worker-process.ts', import.meta.url));
  const { address, namespace } = stack.temporal;
  const child = await startChild({
    name: 'idle-worker',
    program: process.execPath,
    args: ['--import', 'tsx', program, address, namespace],
    env: stack.environment,
    log: `${stack.logs}/idle-worker.log`,
  });
  await stack.run.adopt(child, program);
  return child;
}

function sceneOf(
  stack: Stack,
  parts: Pick<Scene, 'fleet' | 'temporal' | 'worker' | 'idleWorker'>,
  client: GatewayClient,
): Scene {
  const numbers = new Map<number, number>();
  const { fleet, temporal } = parts;
  const write: Scene['write'] = ({ gateway, neighbours }) =>
    writeRecords(stack.etcd.endpoints, [...neighbours, gateway].map(recordOf));
  const start: Scene['start'] = ({ resourceType, resourceId }) => client.create({ resourceType, resourceId });
  const created: Scene['created'] = async (run) => {
    const outcome = await run.result();
    if (outcome.kind !== 'created')
      throw new Error(`${run.workflowId}: expected it to be created, got ${JSON.stringify(outcome)}`);
  };
  return {
    ...parts,
    etcd: stack.etcd.endpoints,
    async gateway(kind, index) {
      const pair = fleet.pairs[index];
      if (pair === undefined) throw new RangeError(`expected a pair ${index}, got none`);
      const number = numbers.get(index) ?? 0;
      numbers.set(index, number + 1);
      const ids = { primary: pair.primary.id, secondary: pair.secondary.id };
      const gateway = gatewayOn(kind, ids, number);
      await write(gateway);
      return gateway;
    },
    write,
    async apply({ resourceType, resourceId }) {
      const run = await client.apply({ resourceType, resourceId });
      return (await run.result()).kind;
    },
    start,
    created,
    create: async (gateway) => created(await start(gateway)),
    async doNothing(pair) {
      const resourceId = nothingOn(pair);
      const input = { resourceType: 'nothing', resourceId };
      const { type, id } = SEARCH_ATTRIBUTES;
      const handle = await temporal.workflow.start(CREATE_GATEWAY, {
        taskQueue: NOTHING_QUEUE,
        workflowId: workflowIdOf(input),
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [input],
        staticSummary: `create nothing ${resourceId}`,
        staticDetails: 'Creates nothing on nobody.'.repeat(8),
        typedSearchAttributes: new TypedSearchAttributes([
          { key: defineSearchAttributeKey(type.name, type.type), value: input.resourceType },
          { key: defineSearchAttributeKey(id.name, id.type), value: resourceId },
        ]),
      });
      await handle.result();
      return handle.workflowId;
    },
    async events(workflowId) {
      const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
      return ownEvents(events ?? []);
    },
  };
}
