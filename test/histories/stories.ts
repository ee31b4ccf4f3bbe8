/** Changes whose histories are worth replaying, with those of their pairs: one for each way a change can end. */
import { pairIdOf } from '../../pair/messages.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import type { Site } from '../saga/site.ts';
import { client, LOCK, UNLOCK } from '../simulator/device/scene.ts';
import { historyByCommand } from '../saga/temporal-command.ts';

/** The gateway of a story, and the run whose history is meant. Absent: the last one. */
export type StoryRun = GatewayRef & { readonly runId?: string };

export const STORIES = {
  /** Both routers accept the gateway, and VRRP is seen. */
  async created(site: Site): Promise<GatewayRef> {
    const gateway = await site.write('vpn_gateway', 0);
    const run = await site.client.create(gateway);
    await run.result();
    return gateway;
  },

  /** One router commits, the other refuses: the first one's commit is reverted. */
  async failed(site: Site): Promise<GatewayRef> {
    const gateway = await site.write('internet_gateway', 0);
    const [, secondary] = site.pair(0);
    secondary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      outcome: { kind: 'refuse', message: 'no space left on device' },
    });
    const run = await site.client.create(gateway);
    await run.result();
    return gateway;
  },

  /** Cancelled while both routers are polled. */
  async cancelled(site: Site): Promise<GatewayRef> {
    const gateway = await site.write('vpn_gateway', 0);
    const [primary, secondary] = site.pair(0);
    const unit = `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
    for (const { device } of [primary, secondary]) device.holdVrrpDown(unit, true);
    const run = await site.client.create(gateway);
    await site.untilStep(run, 'poll secondary');
    await run.cancel();
    await run.result();
    return gateway;
  },

  /** An operator has locked a router when the gateway is to be applied. */
  async locked(site: Site): Promise<GatewayRef> {
    const gateway = await site.write('vpn_gateway', 0);
    const [primary, secondary] = site.pair(0);
    const operator = client(primary.device);
    await operator.ok(LOCK);
    const run = await site.client.create(gateway);
    for (let blockedBy: string | null = null; blockedBy === null;) {
      const [pair] = await site.client.queue(`${primary.id}+${secondary.id}`);
      blockedBy = pair?.queue?.blockedBy ?? null;
    }
    await operator.ok(UNLOCK);
    operator.session.close();
    await run.result();
    return gateway;
  },

  /** Another version of a gateway that stands: the names of two filters differ. */
  async updated(site: Site): Promise<GatewayRef> {
    return nextVersion(site, (gateway) => {
      gateway.neighbour('qos_option').body['incoming_policer_name'] = '10M-GA-UP-INET';
    });
  },

  /** Another version of a gateway that stands, which changes nothing on the routers. */
  async unchanged(site: Site): Promise<GatewayRef> {
    return nextVersion(site, () => undefined);
  },

  /** The run that gives a creation up for a newer version. */
  superseded: supersededRun,

  /** The run that goes on with the newer version. */
  async superseding(site: Site): Promise<GatewayRef> {
    const { resourceType, resourceId } = await supersededRun(site);
    return { resourceType, resourceId };
  },

  /** A gateway that stands is marked for deletion. */
  async deleted(site: Site): Promise<GatewayRef> {
    return nextVersion(site, (gateway) => {
      gateway.gateway.markedForDeletion = true;
    });
  },
} as const;

/** Version 2 is asked for while both routers are polled for version 1. Tells the run that worked on version 1. */
async function supersededRun(site: Site): Promise<StoryRun> {
  const gateway = await site.write('vpn_gateway', 0);
  const unit = `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
  const routers = site.pair(0);
  for (const { device } of routers) device.holdVrrpDown(unit, true);
  const run = await site.client.create(gateway);
  await site.untilStep(run, 'poll secondary');
  const { runId } = await site.temporal.workflow.getHandle(run.workflowId).describe();
  gateway.gateway.version += 1;
  await writeRecords(site.stack.etcd.endpoints, [recordOf(gateway.gateway)]);
  const newer = await site.client.apply({ ...gateway, version: gateway.gateway.version });
  for (const { device } of routers) device.holdVrrpDown(unit, false);
  await newer.result();
  return { ...gateway, runId };
}

async function nextVersion(
  site: Site,
  change: (gateway: TestGateway) => void,
): Promise<GatewayRef> {
  const gateway = await site.write('vpn_gateway', 0);
  await (await site.client.create(gateway)).result();
  gateway.gateway.version += 1;
  change(gateway);
  await writeRecords(site.stack.etcd.endpoints, [...gateway.neighbours, gateway.gateway].map(recordOf));
  await (await site.client.apply(gateway)).result();
  return gateway;
}

export type Story = keyof typeof STORIES;

export interface Recorded {
  readonly workflowId: string;
  /** As `temporal workflow show --output json` prints it. */
  readonly history: string;
  /** The pair's history, with everything that it did for the stories so far. The pair lingers for longer than the stories take. */
  readonly pair: string;
}

/** Runs a story, and returns its histories. */
export async function historyOf(site: Site, story: Story): Promise<Recorded> {
  const { resourceType, resourceId, runId }: StoryRun = await STORIES[story](site);
  const workflowId = workflowIdOf({ resourceType, resourceId });
  const [primary, secondary] = site.pair(0);
  return {
    workflowId,
    history: await historyByCommand(site.stack, workflowId, runId),
    pair: await historyByCommand(site.stack, pairIdOf([primary.id, secondary.id])),
  };
}
