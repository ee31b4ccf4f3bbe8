/**
 * A saga that does nothing, of the same shape as the one that creates gateways: the same activities in the same order with
 * the same options and summaries, details and search attributes. What it takes is Temporal's share of a creation.
 */
import { defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { PROGRESS_QUERY } from '../../gateway/messages.ts';
import type { Progress } from '../../gateway/messages.ts';
import type { CreateGatewayInput, CreateGatewayResult } from '../../gateway/plan.ts';
import { activities } from '../../workflows/activities.ts';
import { describe, tellOutcome } from '../../workflows/search-attributes.ts';

/** About as long as one row of the real saga's table. */
const ROW = '| a step that does nothing | done | MX-1, MX-2 | 00:00:00.000 | 0 ms |\n';
const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

export async function doNothing(input: CreateGatewayInput): Promise<CreateGatewayResult> {
  const progress: Progress = {
    gateway: { ...input, version: null },
    name: null,
    steps: [],
    outcome: 'running',
  };
  setHandler(progressQuery, () => progress, { description: 'How far the saga is' });
  let rows = '';
  const step = async <T>(run: Promise<T>): Promise<T> => {
    rows += ROW;
    setCurrentDetails(rows);
    return run;
  };

  const planned = await step(activities.plan(input));
  if (planned.kind !== 'planned') throw new TypeError('the activities of this saga do nothing');
  const { plan } = planned;
  const { gateway, run, routers } = plan;
  describe(plan);
  await step(activities.register(plan));
  await step(activities.push({ gateway, run }, 'MX-1, MX-2'));
  await step(activities.recordStack({ gateway, run }));
  const seen = await Promise.all([
    step(activities.poll({ gateway, run, role: 'primary' }, 'MX-1')),
    step(activities.poll({ gateway, run, role: 'secondary' }, 'MX-2')),
  ]);
  await step(activities.recordMonitoring({ gateway, run, seen }));
  await step(activities.publishCreated({ gateway, run, seen }));
  tellOutcome(plan.searchAttributes, 'created');
  return {
    ...gateway,
    outcome: 'created',
    alreadySettled: false,
    routers: {
      primary: { id: routers.primary.id, vrrp: 'MASTER' },
      secondary: { id: routers.secondary.id, vrrp: 'BACKUP' },
    },
  };
}
