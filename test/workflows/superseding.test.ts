import assert from 'node:assert/strict';
import type { GatewayResult } from '../../gateway/plan.ts';
import { EVENTS, PHASES } from './superseding-phases.ts';
import type { Event, Phase } from './superseding-phases.ts';
import { SupersedingScene } from './superseding-scene.ts';

interface Outcome {
  readonly told: readonly string[];
  /** Absent: the workflow failed, or was cancelled. */
  readonly result?: GatewayResult;
}

const IS_LOOKED_FOR: Readonly<Record<Event, boolean>> = {
  'newer version': true,
  tombstone: true,
  vanished: true,
  'put again': false,
  'no change': true,
  cancel: false,
  'newer version and cancel': false,
};

describe('what becomes of version 1 of a gateway', function () {
  this.timeout(60_000);
  let scene: SupersedingScene;
  before(async () => (scene = await SupersedingScene.open()));
  after(() => scene.close());

  const outcomeOf = async (
    { name, at, moment = 'before', prepare }: Phase,
    event: Event,
  ): Promise<Outcome> => {
    const script = scene.add();
    prepare?.(script);
    const hold = script.hold(at, moment);
    const handle = await scene.start(script);
    await hold.reached;
    await scene.happen(event, script, handle);
    if (IS_LOOKED_FOR[event] && at !== 'plan') await scene.looked(script, handle);
    script.refusal = undefined;
    // A plan is not waited for once it is cancelled.
    if (name !== 'waiting to plan' || !event.includes('cancel')) hold.release();
    const { told } = script;
    return scene.result(handle).then(
      (result) => ({ told, result }),
      () => ({ told }),
    );
  };

  for (const phase of PHASES)
    describe(`that is ${phase.name}`, () => {
      let outcomes: ReadonlyMap<Event, Outcome>;
      // All at once: each waits for a second or two.
      before(async () => {
        const all = EVENTS.map(async (event) => [event, await outcomeOf(phase, event)] as const);
        outcomes = new Map(await Promise.all(all));
      });

      for (const event of EVENTS)
        it(`${event}: ${phase.told[event].join(', ') || 'nothing is told'}`, () => {
          const { told, result } = outcomes.get(event) ?? assert.fail('no outcome');
          assert.deepEqual(told, phase.told[event]);
          if (event !== 'newer version' && event !== 'tombstone') return;
          assert.equal(result?.version, 2);
          const ends = (result.ends ?? []).map(({ version, outcome }) => `${version} ${outcome}`);
          assert.deepEqual(ends, phase.end === undefined ? [] : [`1 ${phase.end}`]);
        });
    });
});
