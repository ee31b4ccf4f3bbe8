/**
 * Workflows that outlive a release: the watch, a pair with a batch on trial, and a child that waits for its parent. Two workers serve them, as two versions
 * of a deployment.
 */
import { setTimeout } from 'node:timers/promises';
import { CONFIG_WATCH_ID } from '../../gateway/config-watch.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { familyOn, recordOf } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { WAKE_PAIR_SIGNAL, pairIdOf } from '../../pair/messages.ts';
import { historyByCommand } from '../saga/temporal-command.ts';
import { openSite } from '../saga/site.ts';

const NAME = 'gateway-saga';

/** The histories by name. `…-continued`: of the run that continued as new; `…-continuing`: of the one that went on. */
export async function upgradeHistories(): Promise<Readonly<Record<string, string>>> {
  const site = await openSite(1);
  try {
    const startVersion = (buildId: string) =>
      startWorker(site.stack, {
        name: `worker-${buildId}`,
        watch: true,
        deployment: { name: NAME, buildId },
      });
    await startVersion('1');
    const [primary, secondary] = site.pair(0);
    const pairId = pairIdOf([primary.id, secondary.id]);
    const runOf = async (workflowId: string) =>
      (await site.temporal.workflow.getHandle(workflowId).describe()).runId;

    // The watch asks for both at once, so that the child waits for its parent.
    const family = familyOn('vpn_gateway', { primary: primary.id, secondary: secondary.id }, 50);
    const child = family.children.find(({ type }) => type === 'static_route');
    if (child === undefined) throw new Error('the sample has no static route');
    await writeRecords(
      site.stack.etcd.endpoints,
      [child, ...family.neighbours, family.gateway].map(recordOf),
    );
    const route = { resourceType: child.type, resourceId: child.body.id };
    await (await site.client.apply(family)).result();
    await (await site.client.apply(route)).result();

    const gateway = await site.write('vpn_gateway', 0);
    const unit = `ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`;
    for (const { device } of [primary, secondary]) device.holdVrrpDown(unit, true);
    const run = await site.client.create(gateway);
    await site.untilStep(run, 'poll secondary');
    const before = { pair: await runOf(pairId), watch: await runOf(CONFIG_WATCH_ID) };
    await startVersion('2');
    const pair = site.temporal.workflow.getHandle(pairId);
    while ((await runOf(pairId)) === before.pair) {
      await pair.signal(WAKE_PAIR_SIGNAL);
      await setTimeout(500);
    }
    for (const { device } of [primary, secondary]) device.holdVrrpDown(unit, false);
    await run.result();
    while ((await runOf(CONFIG_WATCH_ID)) === before.watch) await setTimeout(500);

    const history = (workflowId: string, runId?: string) => historyByCommand(site.stack, workflowId, runId);
    return {
      waited: await history(workflowIdOf(route)),
      'pair-continued': await history(pairId, before.pair),
      'pair-continuing': await history(pairId),
      'watch-continued': await history(CONFIG_WATCH_ID, before.watch),
      'watch-continuing': await history(CONFIG_WATCH_ID),
    };
  } finally {
    await site.close();
  }
}
