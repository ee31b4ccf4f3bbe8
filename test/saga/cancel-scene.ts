/** A world in which creations are cancelled at points that a test knows, and what must hold afterwards. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { GatewayRun } from '../../client/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { Policy } from '../../gateway/policies.ts';
import type { ChangeEnd } from '../../gateway/change-end.ts';
import { failedState } from '../../gateway/records.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { assertSameRunning, keysOf, tracesOf } from '../world/evidence.ts';
import type { RouterTrace } from '../world/evidence.ts';
import type { SampleKind, TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World, WorldOptions } from '../world/world.ts';
import { Holds } from './breakpoints.ts';

/** A gateway in etcd whose creation nobody has requested yet. */
export interface Candidate {
  readonly gateway: TestGateway;
  readonly primary: LocalRouter;
  readonly secondary: LocalRouter;
  /** What both routers showed before the creation. */
  readonly traces: readonly RouterTrace[];
}

export interface CancelScene {
  readonly world: World;
  readonly holds: Holds;
  /** Makes a gateway with VLANs of its own, and writes it to etcd. Default of `kind`: each kind in turn. */
  candidate(pair?: number, kind?: SampleKind): Promise<Candidate>;
  statusOf(run: GatewayRun): Promise<string>;
  /**
   * Asserts that the creation was cancelled, wherever one looks: the client, the workflow, `/state`, the routers, the claims. `error`: the expected one
   * in `/state`.
   */
  assertCancelled(candidate: Candidate, run: GatewayRun, error?: string): Promise<void>;
  /** What workflows told their workers at the end of each run, for the log line. */
  readonly ends: readonly ChangeEnd[];
  assertCreated(candidate: Candidate, run: GatewayRun): Promise<void>;
  /** Asserts that soon there is no lock, no edit, no reservation, nothing on trial and nothing owed on these routers. */
  assertAtRest(routers: Pick<Candidate, 'primary' | 'secondary'>): Promise<void>;
  close(): Promise<void>;
}

export async function openCancelScene(
  pairs: number,
  patienceMs: number,
  policy: Partial<Policy> = {},
  deadlines: WorldOptions['deadlines'] = {},
): Promise<CancelScene> {
  const holds = new Holds();
  const ends: ChangeEnd[] = [];
  const world = await openWorld({
    pairs,
    wrap: holds.wrap,
    policy: { patienceMs, vrrpLimitMs: patienceMs, ...policy },
    deadlines,
    listeners: { changes: [(end) => ends.push(end)], pairs: [] },
  });
  let number = 0;
  const scene: CancelScene = {
    world,
    holds,
    async candidate(pair = 0, kind = number % 2 === 0 ? 'vpn_gateway' : 'internet_gateway') {
      const gateway = world.gateway(kind, (number += 1), pair);
      await world.write(gateway);
      const { primary, secondary } = world.pairOf(gateway);
      return { gateway, primary, secondary, traces: tracesOf([primary, secondary]) };
    },
    statusOf: async ({ workflowId }) =>
      (await world.temporal.workflow.getHandle(workflowId).describe()).status.name,
    ends,
    async assertCancelled({ gateway, primary, secondary, traces }, run, error = 'cancelled') {
      const outcome = await run.result();
      assert.ok(outcome.kind === 'cancelled', JSON.stringify(outcome));
      const { reason } = outcome;
      assert.equal(reason === undefined ? 'cancelled' : `cancelled: ${reason}`, error);
      assert.equal(await scene.statusOf(run), 'CANCELLED');
      assert.deepEqual(await world.history(KEYS.state(gateway)), [failedState(1, error)]);
      assertSameRunning([primary, secondary], traces);
      const left = Object.keys(await keysOf(world, gateway)).filter((key) =>
        key.startsWith('/gateway-saga/'),
      );
      assert.deepEqual(left, [], 'claims or a plan are left');
    },
    async assertCreated({ gateway, primary, secondary }, run) {
      const outcome = await run.result();
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
      assert.equal(await scene.statusOf(run), 'COMPLETED');
      const states = (await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[];
      assert.deepEqual(
        states.map(({ state }) => state.worker_state),
        ['CREATE_COMPLETED'],
      );
      const vrf = String(gateway.gateway.body['vrf_name']);
      for (const { name, device } of [primary, secondary])
        assert.ok(device.running().includes(vrf), `${name} lacks it`);
    },
    async assertAtRest({ primary, secondary }) {
      for (const { id, name, device } of [primary, secondary]) {
        const left = async () => {
          const { lock, pending, running, candidate } = device.inspect();
          const { reservation, owedChanges } = await world.store.router(id);
          return { lock, pending, edited: candidate !== running, reservation, owedChanges };
        };
        const free = { lock: null, pending: null, edited: false, reservation: null, owedChanges: [] };
        // A router that still works for a closed session ends the session when that work is done. The reservation ends last.
        const givenUp = Date.now() + 30_000;
        while (!isDeepStrictEqual(await left(), free) && Date.now() < givenUp)
          await new Promise((resolve) => setTimeout(resolve, 50));
        assert.deepEqual(await left(), free, name);
      }
    },
    close: () => world.close(),
  };
  return scene;
}
