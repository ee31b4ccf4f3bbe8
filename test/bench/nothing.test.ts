import assert from 'node:assert/strict';
import { withScene } from '../../bench/scene.ts';
import { workflowIdOf } from '../../gateway/resource.ts';

describe('the do-nothing saga', function () {
  this.timeout(120_000);

  it('has the shape of a creation: the same events, though Temporal may group them into other workflow tasks', async () => {
    await withScene({ pairs: 1 }, async (scene) => {
      const gateway = await scene.gateway('vpn_gateway', 0);
      await scene.create(gateway);
      const real = await shapeOf(workflowIdOf(gateway));
      assert.equal(real.filter((name) => name.startsWith('activity ')).length, 8);
      assert.deepEqual(await shapeOf(await scene.doNothing(0)), real);
      const events = await scene.events(workflowIdOf(gateway));
      assert.ok(events <= 55, `${events} events in the history of a creation`);

      /** What a saga asked of Temporal: its activities with their time-outs, and its upserts of search attributes. Sorted. */
      async function shapeOf(workflowId: string): Promise<string[]> {
        const { events } = await scene.temporal.workflow.getHandle(workflowId).fetchHistory();
        return (events ?? [])
          .flatMap((event) => {
            const scheduled = event.activityTaskScheduledEventAttributes;
            if (scheduled)
              return [
                `activity ${scheduled.activityType?.name}`,
                `time-outs ${[scheduled.startToCloseTimeout, scheduled.heartbeatTimeout].map((time) => String(time?.seconds)).join()}`,
              ];
            const upserted = event.upsertWorkflowSearchAttributesEventAttributes;
            if (upserted)
              return [
                `upsert ${Object.keys(upserted.searchAttributes?.indexedFields ?? {})
                  .sort()
                  .join()}`,
              ];
            if (event.activityTaskCompletedEventAttributes) return ['completed'];
            return event.workflowExecutionCompletedEventAttributes ? ['end'] : [];
          })
          .sort();
      }
    });
  });
});
