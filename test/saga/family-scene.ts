/** A scene with VPN gateways and routes in them, on the whole system. The routes are of a kind that only these tests have. */
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { KEYS } from '../../etcd/keys.ts';
import { APPLY_GATEWAY, APPLY_SIGNAL, PROGRESS_QUERY, TASK_QUEUE } from '../../gateway/messages.ts';
import type { Progress } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { GatewayResult } from '../../gateway/plan.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway, TestResource } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World, WorldOptions } from '../world/world.ts';

export interface Route extends GatewayRef {
  readonly resource: TestResource;
}

const OWN = fileURLToPath(new URL('family-kinds', import.meta.url));
const PACKAGED = fileURLToPath(new URL('../../templates/vpn_gateway', import.meta.url));

export class FamilyScene {
  readonly world: World;
  readonly #folder: string;
  #number = 0;

  private constructor(world: World, folder: string) {
    this.world = world;
    this.#folder = folder;
  }

  static async open(options: WorldOptions = {}): Promise<FamilyScene> {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-kinds-'));
    await cp(OWN, folder, { recursive: true });
    await cp(PACKAGED, join(folder, 'vpn_gateway'), { recursive: true });
    return new FamilyScene(await openWorld({ ...options, templates: folder }), folder);
  }

  async close(): Promise<void> {
    await this.world.close();
    await rm(this.#folder, { recursive: true });
  }

  /** Makes a gateway, without writing it. */
  gateway(): TestGateway {
    return this.world.gateway('vpn_gateway', (this.#number += 1));
  }

  /** Writes a route in a gateway. */
  async route(parent: TestGateway, number = 0): Promise<Route> {
    const resourceId = randomUUID();
    const body = {
      id: resourceId,
      name: `route-${number}`,
      tenant_id: 'tenant-1',
      vpn_gw_id: parent.resourceId,
      destination: `10.1.${number}.0/24`,
      nexthop: '192.0.2.1',
    };
    const route = {
      resourceType: 'static_route',
      resourceId,
      resource: { type: 'static_route', version: 1, body },
    };
    await this.write(route.resource);
    return route;
  }

  async write(...resources: readonly TestResource[]): Promise<void> {
    await writeRecords(this.world.stack.etcd.endpoints, resources.map(recordOf));
  }

  /** Writes a resource at its next version, marked for deletion. */
  async mark(resource: TestResource): Promise<void> {
    resource.version += 1;
    resource.markedForDeletion = true;
    await this.write(resource);
  }

  /** Starts whatever change the configuration asks for. */
  start(gateway: GatewayRef): Promise<WorkflowHandle> {
    const { resourceType, resourceId } = gateway;
    return this.world.temporal.workflow.signalWithStart(APPLY_GATEWAY, {
      taskQueue: TASK_QUEUE,
      workflowId: workflowIdOf(gateway),
      args: [{ resourceType, resourceId }],
      signal: APPLY_SIGNAL,
      signalArgs: [{}],
    });
  }

  /** Waits for the end of a run. Resolves to its outcome, such as `created`, or to its failure: `ParentAbsent: vpn_gateway …`. */
  async end(handle: WorkflowHandle): Promise<string> {
    try {
      return ((await handle.result()) as GatewayResult).outcome;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const { type, message } = error.cause as { type?: string } & Error;
      return `${type ?? 'Cancelled'}: ${message}`;
    }
  }

  /** Resolves to what the saga waits for, once it does. */
  async untilWaiting(handle: WorkflowHandle): Promise<string> {
    for (;;) {
      const { steps, outcome } = await handle.query<Progress>(PROGRESS_QUERY);
      const step = steps.at(-1);
      if (step?.step === 'wait' && step.status === 'running') return step.waitingFor ?? '';
      if (outcome !== 'running') throw new Error(`it ended as ${outcome}: ${JSON.stringify(steps)}`);
    }
  }

  /** Types of all events of a run, oldest first. */
  async events(handle: WorkflowHandle): Promise<readonly string[]> {
    const { events } = await this.world.temporal.workflow.getHandle(handle.workflowId).fetchHistory();
    return (events ?? []).map(
      (event) => Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? '',
    );
  }

  /** All that `/state` has said, oldest first: `1 CREATE_COMPLETED`, or `1 CREATE_FAILED: …`. */
  async told(gateway: GatewayRef): Promise<readonly string[]> {
    const states = (await this.world.history(KEYS.state(gateway))) as {
      readonly version: number;
      readonly error: string;
      readonly state: { readonly worker_state: string };
    }[];
    return states.map(
      ({ version, error, state }) => `${version} ${state.worker_state}${error === '' ? '' : `: ${error}`}`,
    );
  }

  /** On how many of its routers the gateway's instance has this many routes. */
  routesOn(parent: TestGateway): readonly number[] {
    const { primary, secondary } = this.world.pairOf(parent);
    const instance = String(parent.gateway.body['vrf_name']);
    return [primary, secondary]
      .map(({ device }) => {
        const [, own = ''] = device.running().split(`${instance} {`);
        return own.split(/\n {4}\}/)[0]?.split('next-hop').length ?? 0;
      })
      .map((parts) => parts - 1);
  }

  /** What is left in etcd of these gateways: keys of waiters and of changes, and jobs without a lease. */
  async left(...gateways: readonly GatewayRef[]): Promise<readonly string[]> {
    const { etcd } = this.world;
    const entries = await Promise.all(
      ['/gateway-saga/waiting/', '/gateway-saga/changing/', '/jobs/all/'].map((prefix) =>
        etcd.readInPages('test', prefix),
      ),
    );
    return entries
      .flat()
      .filter(
        ({ key, lease }) => lease === '0' && gateways.some(({ resourceId }) => key.includes(resourceId)),
      )
      .map(({ key }) => key);
  }
}
