/** A gateway that stands, and further versions of its configuration. */
import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { APPLY_GATEWAY, TASK_QUEUE } from '../../gateway/messages.ts';
import type { GatewayResult } from '../../gateway/plan.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { COMMIT, client } from '../simulator/device/scene.ts';
import type { World } from '../world/world.ts';

/** A value of `/state`, in short. */
export interface Told {
  readonly version: number;
  readonly word: string;
  readonly error: string;
}

export class ChangeScene {
  readonly world: World;
  #number = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Creates a gateway. Both routers carry it at version 1 then. */
  async standing(kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway'): Promise<TestGateway> {
    const gateway = this.world.gateway(kind, (this.#number += 1));
    const outcome = await this.world.create(gateway);
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    return gateway;
  }

  /** Writes the next version, after `change` has changed what it refers to. */
  async next(gateway: TestGateway, change: (gateway: TestGateway) => void = () => undefined): Promise<void> {
    gateway.gateway.version += 1;
    change(gateway);
    await this.world.write(gateway);
  }

  /** Marks the gateway for deletion, at the next version. */
  async tombstone(gateway: TestGateway): Promise<void> {
    await this.next(gateway, (one) => (one.gateway.markedForDeletion = true));
  }

  /** Starts the workflow and waits for its end. Rejects with the failure of the workflow. */
  async run(gateway: TestGateway, type: string = APPLY_GATEWAY): Promise<GatewayResult> {
    const { resourceType, resourceId } = gateway;
    return (await this.world.temporal.workflow.execute(type, {
      taskQueue: TASK_QUEUE,
      workflowId: workflowIdOf(gateway),
      args: [{ resourceType, resourceId }],
    })) as GatewayResult;
  }

  /** As `run`, for a workflow that fails. Resolves to its message. */
  async failure(gateway: TestGateway, type?: string): Promise<string> {
    try {
      await this.run(gateway, type);
    } catch (error) {
      const { cause } = error as { cause?: Error };
      return String(cause?.message);
    }
    throw new Error('expected a failure, got none');
  }

  async told(gateway: TestGateway): Promise<Told> {
    const found = (await this.world.state(gateway)) as {
      readonly version: number;
      readonly error: string;
      readonly state: { readonly worker_state: string };
    };
    return { version: found.version, word: found.state.worker_state, error: found.error };
  }

  /** The running configurations of both routers, the primary's first. */
  running(gateway: TestGateway): readonly [string, string] {
    const { primary, secondary } = this.world.pairOf(gateway);
    return [primary.device.running(), secondary.device.running()];
  }

  /** An operator commits these set commands on both routers. */
  async byHand(gateway: TestGateway, ...lines: readonly string[]): Promise<void> {
    const { primary, secondary } = this.world.pairOf(gateway);
    for (const { device } of [primary, secondary]) {
      const operator = client(device);
      await operator.set(...lines);
      await operator.ok(COMMIT);
      operator.session.close();
    }
  }

  /** All values that the gateway's `job_state` has had, without repetitions. */
  async progress(gateway: TestGateway): Promise<readonly unknown[]> {
    const values = await this.world.history(KEYS.jobState(gateway));
    return values.filter((value, index) => JSON.stringify(value) !== JSON.stringify(values[index - 1]));
  }
}
