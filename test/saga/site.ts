/** A stack for one test alone, without a worker. It is for tests that kill workers and servers, each of which is a process of its own. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { GatewayClient } from '../../client/index.ts';
import type { ChangeOutcome, GatewayRun } from '../../client/index.ts';
import { EtcdClient } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { history } from '../../local/six-points.ts';
import { SHORT_MINUTES } from '../../local/short-minutes.ts';
import { startStack } from '../../local/stack.ts';
import type { Stack, StackOptions } from '../../local/stack.ts';
import { tracesOf } from '../world/evidence.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { SampleKind, TestGateway } from '../../local/test-gateway.ts';

export interface Site {
  readonly stack: Stack;
  readonly client: GatewayClient;
  readonly temporal: Client;
  pair(number: number): readonly [LocalRouter, LocalRouter];
  /** Makes a gateway with VLANs of its own on a pair, and writes it to etcd. `spoil` changes it before that. */
  write(kind: SampleKind, pair: number, spoil?: (gateway: TestGateway) => void): Promise<TestGateway>;
  /** Resolves once the saga's running step is this one. */
  untilStep(run: GatewayRun, step: string): Promise<void>;
  /** Resolves once the server counts at least `attempt` attempts of an activity that has not ended. */
  untilAttempt(gateway: GatewayRef, activity: string, attempt: number): Promise<void>;
  states(gateway: GatewayRef): Promise<unknown[]>;
  /** The fencing token of a pair's reservation. 0: there is no reservation. */
  attemptOn(pair: number): Promise<number>;
  /** One word in `/state`, which is that it was created, and one commit on each router, which carries it. */
  assertMadeOnce(gateway: TestGateway): Promise<void>;
  /** The same, and also asserts that the run ended as `created`. */
  assertCreatedOnce(gateway: TestGateway, run: GatewayRun<ChangeOutcome>): Promise<void>;
  close(): Promise<void>;
}

export interface SiteOptions extends StackOptions {
  /** The password of all routers, and in their records. */
  readonly password?: string;
}

export async function openSite(
  pairs: number,
  { password = 'esiesi0000', ...options }: SiteOptions = {},
): Promise<Site> {
  const router = (name: string) => ({
    id: randomUUID(),
    name,
    address: '10.79.5.185:830',
    username: 'esi',
    password,
  });
  const stack = await startStack({
    policy: SHORT_MINUTES.policy,
    ...options,
    routers: { ...options.routers, options: { ...SHORT_MINUTES.device, ...options.routers?.options } },
    pairs: Array.from(
      { length: pairs },
      (_, pair) => [router(`MX-${pair}-1`), router(`MX-${pair}-2`)] as const,
    ),
  });
  const { address } = stack.temporal;
  const client = await GatewayClient.connect({ address, env: {} });
  const temporal = new Client({ connection: await Connection.connect({ address }) });
  const etcd = new EtcdClient({ endpoints: stack.etcd.endpoints });
  let number = 0;
  const site: Site = {
    stack,
    client,
    temporal,
    pair(wanted) {
      const [primary, secondary] = stack.routers.slice(wanted * 2);
      if (primary === undefined || secondary === undefined) throw new Error(`no pair ${wanted}`);
      return [primary, secondary];
    },
    async write(kind, pair, spoil) {
      const [primary, secondary] = site.pair(pair);
      const gateway = gatewayOn(kind, { primary: primary.id, secondary: secondary.id }, (number += 1));
      for (const { type, body } of gateway.neighbours)
        if (type === 'edge_router') body['password'] = password;
      spoil?.(gateway);
      await writeRecords(stack.etcd.endpoints, [...gateway.neighbours, gateway.gateway].map(recordOf));
      return gateway;
    },
    async untilStep(run, wanted) {
      for await (const { steps } of run.watch({ intervalMs: 50 }))
        if (steps.some(({ step, status }) => step === wanted && status === 'running')) return;
      throw new Error(`the creation ended without "${wanted}"`);
    },
    async untilAttempt(gateway, activity, wanted) {
      for (;;) {
        const { raw } = await temporal.workflow.getHandle(workflowIdOf(gateway)).describe();
        const pending = raw.pendingActivities?.find(({ activityType }) => activityType?.name === activity);
        if ((pending?.attempt ?? 0) >= wanted) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async attemptOn(pair) {
      const record = (await history(etcd, KEYS.router(site.pair(pair)[0].id))).at(-1) as
        RouterRecord | undefined;
      return record?.reservation?.token ?? 0;
    },
    states: (gateway) => history(etcd, KEYS.state(gateway)),
    async assertCreatedOnce(gateway, run) {
      const outcome = await run.result();
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
      await site.assertMadeOnce(gateway);
    },
    async assertMadeOnce(gateway) {
      const states = (await site.states(gateway)) as { state: { worker_state: string } }[];
      assert.deepEqual(
        states.map(({ state }) => state.worker_state),
        ['CREATE_COMPLETED'],
      );
      const { primary_router_id, secondary_router_id } = gateway.neighbour('ha_router').body;
      const routers = stack.routers.filter(
        ({ id }) => id === primary_router_id || id === secondary_router_id,
      );
      for (const { name, commits } of tracesOf(routers)) {
        const ours = commits.filter((log) => log?.includes(gateway.resourceId));
        assert.equal(ours.length, 1, `${name} has ${ours.length} commits of it`);
      }
      for (const { name, device } of routers)
        assert.ok(device.running().includes(String(gateway.gateway.body['vrf_name'])), `${name} lacks it`);
    },
    async close() {
      await client.close();
      await temporal.connection.close();
      etcd.close();
      await stack.stop();
    },
  };
  return site;
}
