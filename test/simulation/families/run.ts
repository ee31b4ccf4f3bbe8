/** Takes one family or two through a series of batches, as a seed decides, and tells what is wrong in the end. */
import type { Kinds } from '../../../activities/dependencies.ts';
import { clientThat, inActivity, scheduledNow } from '../../activities/activity.ts';
import { randomOf } from '../../chaos/random.ts';
import { takeTime } from '../time.ts';
import { withChildKinds } from '../../families/kinds.ts';
import { Driver } from './driver.ts';
import { FamilyWorld } from './world.ts';

/** The limit for a whole run, in virtual ms. */
const LIMIT_MS = 24 * 60 * 60_000;

export interface FamilyRun {
  readonly problems: readonly string[];
  readonly lines: readonly string[];
  /** How often each kind of thing came about. */
  readonly counts: ReadonlyMap<string, number>;
}

export async function runFamily(seed: number, kinds: Kinds): Promise<FamilyRun> {
  const time = takeTime(randomOf(`${seed}/chance`));
  try {
    const world = new FamilyWorld(seed, time, withChildKinds(kinds));
    const driver = new Driver(seed, world);
    let end: 'lives' | 'done' | Error = 'lives';
    world.process.deliver(() => {
      const client = clientThat((workflowId) => driver.wake(workflowId));
      inActivity(scheduledNow(), () => driver.live(), client).then(
        () => (end = 'done'),
        (error: unknown) => (end = error as Error),
      );
    });
    const hasEnded = () => end !== 'lives';
    await time.run(hasEnded, LIMIT_MS);
    world.stop();
    await time.run(() => false, 60_000);
    const { problems, counts } = driver;
    const how = end as 'lives' | 'done' | Error;
    const unended = how === 'done' ? [] : [how === 'lives' ? 'it never ended' : (how.stack ?? how.message)];
    return { problems: [...problems, ...unended], lines: world.lines, counts };
  } finally {
    time.restore();
  }
}
