/** A run in which gateways that stand are changed and deleted, on everything real: what it leaves behind, for tests to spoil. */
import { APPLY_GATEWAY, TASK_QUEUE } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { recordOf } from '../../local/test-gateway.ts';
import { writeRecords } from '../../local/load-samples.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { client } from '../simulator/device/scene.ts';
import type { World } from '../world/world.ts';
import { additionTo, changed, firstOf } from './changes.ts';
import type { VersionChange } from './changes.ts';
import type { Evidence } from './evidence.ts';
import { OPERATOR, witnessed } from './good-run.ts';

/** The change of each gateway; the gateways are in VLANs from 1025 on. */
const CHANGES: readonly { readonly of: VersionChange; readonly fails: boolean }[] = [
  { of: 'filters', fails: false },
  { of: 'deletion', fails: false },
  { of: 'check refuses', fails: true },
  { of: 'nothing', fails: false },
];

/**
 * The VPN gateway in VLAN 1025 gets other filters, while an operator's address stands in its unit. The Internet gateway in VLAN 1026 is deleted. The
 * routers refuse the new version of the VPN gateway in VLAN 1027. The new version of the VPN gateway in VLAN 1028 changes nothing.
 */
export function changedRun(): Promise<Evidence> {
  const kinds = ['vpn_gateway', 'internet_gateway', 'vpn_gateway', 'vpn_gateway'] as const;
  return witnessed(kinds, async (world, gateways) => {
    const firsts = gateways.map(firstOf);
    await Promise.all(gateways.map((gateway) => world.create(gateway)));
    const operators = gateways.slice(0, 1).map((gateway) => `set ${additionTo(gateway, 'unit', 1)}`);
    for (const { device } of world.routers) {
      const operator = client(device, OPERATOR, 'cli');
      await operator.set(...operators);
      await operator.commit();
      operator.session.close();
    }
    const failures: (string | null)[] = [];
    for (const [index, { of }] of CHANGES.entries()) {
      const [gateway, first] = [gateways[index], firsts[index]];
      if (gateway === undefined || first === undefined) throw new RangeError(`no gateway ${index}`);
      await writeRecords(world.stack.etcd.endpoints, changed(gateway, first, of).map(recordOf));
      failures.push(await failureOf(world, gateway));
    }
    const changes = CHANGES.map((change, gateway) => ({
      ...change,
      at: 1,
      kind: 'change' as const,
      gateway,
      insists: true,
    }));
    return { flaws: [], changes, operators, failures };
  });
}

async function failureOf({ temporal }: World, gateway: TestGateway): Promise<string | null> {
  const { resourceType, resourceId } = gateway;
  try {
    await temporal.workflow.execute(APPLY_GATEWAY, {
      taskQueue: TASK_QUEUE,
      workflowId: workflowIdOf(gateway),
      args: [{ resourceType, resourceId }],
    });
    return null;
  } catch (error) {
    return String(error);
  }
}
