/** Creations whose histories are worth replaying: one of each end. */
import type { GatewayRef } from '../../etcd/keys.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { Site } from '../saga/site.ts';
import { historyByCommand } from '../saga/temporal-command.ts';

export const STORIES = {
  /** Both routers take it, and VRRP is seen. */
  async created(site: Site): Promise<GatewayRef> {
    const gateway = await site.write('vpn_gateway', 0);
    const run = await site.client.create(gateway);
    await run.result();
    return gateway;
  },

  /** One router commits, the other refuses: the first one's commit is taken back. */
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
} as const;

export type Story = keyof typeof STORIES;

/** Lives it through and returns its history, as `temporal workflow show --output json` prints it. */
export async function historyOf(site: Site, story: Story): Promise<{ workflowId: string; history: string }> {
  const { resourceType, resourceId } = await STORIES[story](site);
  const workflowId = workflowIdOf({ resourceType, resourceId });
  return { workflowId, history: await historyByCommand(site.stack, workflowId) };
}
