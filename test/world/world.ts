/**
 * The whole system for a test: etcd, Temporal, simulated routers on sockets, a worker in this process, the public client. Worlds share
 * only the servers: every world has gateways and routers with ids of its own. Only one world may be open at a time.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import type { Activities } from '../../activities/index.ts';
import { GatewayClient } from '../../client/index.ts';
import type { GatewayOutcome } from '../../client/index.ts';
import { EtcdClient } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { DEFAULT_POLICY, HEARTBEAT_MS, ROUTER_DEADLINES } from '../../gateway/policies.ts';
import type { Policy } from '../../gateway/policies.ts';
import { TASK_QUEUE } from '../../gateway/messages.ts';
import { openConnection } from '../../local/connection.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { startLocalRouters } from '../../local/routers.ts';
import type { LocalRouter, RoutersOptions } from '../../local/routers.ts';
import type { SampleRouter } from '../../local/samples.ts';
import { history } from '../../local/six-points.ts';
import { SHORT_MINUTES } from '../../local/short-minutes.ts';
import type { Stack } from '../../local/stack.ts';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import { parseConnectTo } from '../../netconf/connect-to.ts';
import { SessionPool } from '../../netconf/pool.ts';
import type { DeviceOptionsInput } from '../../simulator/server/index.ts';
import { loadKinds } from '../../templates/load.ts';
import { searchAttributesOf } from '../../worker/search-attributes.ts';
import { sinksOf } from '../../worker/sinks.ts';
import type { SinkListeners } from '../../worker/sinks.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { SampleKind, TestGateway } from '../../local/test-gateway.ts';
import { packagedKinds } from '../gateway/packaged-kinds.ts';
import { installQuietRuntime } from './quiet-runtime.ts';
import { sharedStack } from './stack.ts';

export interface WorldOptions {
  /** The router pairs, or how many. Default: 1. */
  readonly pairs?: number | readonly (readonly [SampleRouter, SampleRouter])[];
  readonly device?: DeviceOptionsInput;
  readonly policy?: Partial<Policy>;
  /** Password of all routers and of their records. */
  readonly password?: string;
  readonly login?: RoutersOptions['login'];
  readonly operator?: RoutersOptions['operator'];
  /** The worker's private key. Default: it logs in by password only. */
  readonly privateKey?: string;
  /** Deadlines of the worker's requests to routers, in ms, where a test needs other ones. */
  readonly deadlines?: Partial<Record<keyof typeof ROUTER_DEADLINES, number>>;
  /** Wraps or replaces activities, to make them wait or fail, or to count their calls. */
  readonly wrap?: (activities: Activities) => Activities;
  /** Which waits of the pairs are shortened from half a minute to a second. Default: none, as everywhere. */
  readonly short?: 'steps' | 'looks';
  /** Folder of kinds. Default: the package's own. */
  readonly templates?: string;
  /** Called with what the workflows tell the worker. */
  readonly listeners?: SinkListeners;
}

const SHORT_TIMES = {
  steps: fileURLToPath(new URL('short-steps.ts', import.meta.url)),
  looks: fileURLToPath(new URL('short-looks.ts', import.meta.url)),
} as const;

/** Short times, so that a test of a failure does not take minutes. */
const TEST_POLICY: Policy = {
  ...DEFAULT_POLICY,
  ...SHORT_MINUTES.policy,
  vrrpIntervalMs: 50,
  vrrpLimitMs: 2_000,
  patienceMs: 4_000,
  settlePatienceMs: 20_000,
};

export interface World {
  readonly stack: Stack;
  readonly routers: readonly LocalRouter[];
  readonly store: Store;
  /** Reads and writes raw keys. */
  readonly etcd: EtcdClient;
  readonly client: GatewayClient;
  /** Temporal's own client, for what the public client can't do: terminate, reset, read histories. */
  readonly temporal: Client;
  readonly pool: SessionPool;
  /** Path of the worker's `known_hosts` file. */
  readonly knownHosts: string;
  /** Makes the `number`th gateway of a pair, with all resources that it refers to. Does not write it to etcd. */
  gateway(kind: SampleKind, number?: number, pair?: number): TestGateway;
  /** Writes the gateway and all resources that it refers to. */
  write(gateway: TestGateway): Promise<void>;
  /** Writes the gateway and creates it. Resolves to the outcome. */
  create(gateway: TestGateway): Promise<GatewayOutcome>;
  /** The gateway's primary and secondary router. */
  pairOf(gateway: TestGateway): { readonly primary: LocalRouter; readonly secondary: LocalRouter };
  /** All values that a key has had, oldest first. */
  history(key: string): Promise<unknown[]>;
  state(gateway: GatewayRef): Promise<unknown>;
  /** Ends the worker as SIGTERM would, and starts another one. */
  restartWorker(): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  installQuietRuntime();
  const stack = await sharedStack();
  const password = options.password ?? 'esiesi0000';
  const sample = (role: string, pair: number) => ({
    id: randomUUID(),
    name: `MX-${pair * 2 + (role === 'primary' ? 1 : 2)}`,
    address: role === 'primary' ? '10.79.5.185:830' : '10.79.5.184:830',
    username: 'esi',
    password,
  });
  const { pairs: wanted = 1 } = options;
  const pairs =
    typeof wanted === 'number'
      ? Array.from(
          { length: wanted },
          (_, pair) => [sample('primary', pair), sample('secondary', pair)] as const,
        )
      : wanted;
  const local = await startLocalRouters(pairs, {
    options: { ...SHORT_MINUTES.device, ...options.device },
    ...(options.login && { login: options.login }),
    ...(options.operator && { operator: options.operator }),
  });
  const knownHosts = await stack.run.write(`known_hosts-${randomUUID()}`, local.knownHosts);
  const store = openStore({ endpoints: stack.etcd.endpoints });
  const etcd = new EtcdClient({ endpoints: stack.etcd.endpoints });
  const pool = new SessionPool({
    knownHosts,
    connectTo: parseConnectTo(local.connectTo),
    ...(options.privateKey && { privateKey: options.privateKey }),
    ...ROUTER_DEADLINES,
    ...options.deadlines,
  });
  const connection = await NativeConnection.connect({ address: stack.temporal.address });
  const client = await GatewayClient.connect({ address: stack.temporal.address, env: {} });
  const { namespace } = stack.temporal;
  const temporal = new Client({
    connection: await openConnection(stack.temporal.address),
    namespace,
  });
  const activities = createActivities({
    store,
    routers: pool,
    kinds: await (options.templates === undefined ? packagedKinds() : loadKinds(options.templates)),
    policy: { ...TEST_POLICY, ...options.policy },
    searchAttributes: searchAttributesOf(connection, namespace),
  });
  const interceptors = options.short === undefined ? [] : [SHORT_TIMES[options.short]];
  const startWorker = async () => {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle: { code: await readFile(await workflowBundle(interceptors), 'utf8') },
      activities: options.wrap?.(activities) ?? activities,
      sinks: sinksOf(options.listeners),
      shutdownGraceTime: 1_000,
      maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    });
    return { worker, ended: worker.run() };
  };
  let running = await startWorker();
  const stopWorker = async () => {
    running.worker.shutdown();
    await running.ended;
  };

  const routers = local.routers;
  const routerOf = (id: unknown): LocalRouter => {
    const found = routers.find((router) => router.id === id);
    if (found === undefined) throw new Error(`no router ${String(id)}`);
    return found;
  };
  const world: World = {
    stack,
    routers,
    store,
    etcd,
    client,
    temporal,
    pool,
    knownHosts,
    gateway(kind, number = 0, pair = 0) {
      const [primary, secondary] = routers.slice(pair * 2);
      if (primary === undefined || secondary === undefined) throw new Error(`no pair ${pair}`);
      const gateway = gatewayOn(kind, { primary: primary.id, secondary: secondary.id }, number);
      for (const { type, body } of gateway.neighbours)
        if (type === 'edge_router') body['password'] = password;
      return gateway;
    },
    write: ({ gateway, neighbours }) =>
      writeRecords(stack.etcd.endpoints, [...neighbours, gateway].map(recordOf)),
    async create(gateway) {
      await world.write(gateway);
      const run = await client.create(gateway);
      return run.result();
    },
    pairOf(gateway) {
      const { primary_router_id, secondary_router_id } = gateway.neighbour('ha_router').body;
      return { primary: routerOf(primary_router_id), secondary: routerOf(secondary_router_id) };
    },
    history: (key) => history(etcd, key),
    state: async (gateway) => (await history(etcd, KEYS.state(gateway))).at(-1),
    async restartWorker() {
      await stopWorker();
      running = await startWorker();
    },
    async close() {
      await stopWorker();
      await client.close();
      await temporal.connection.close();
      await connection.close();
      await pool.close();
      store.close();
      etcd.close();
      await local.close();
    },
  };
  return world;
}
