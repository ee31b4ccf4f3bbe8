import type { TestEtcd } from '../../etcd/fixture.ts';
import { assertFree } from './router-facts.ts';
import { openScene } from './scene.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { Scene } from './scene.ts';

/** A policy whose minute lasts a second, so that a test can wait for a deadline. */
export const SHORT_DEADLINE = {
  confirmMinutes: 1,
  minuteMs: 1_000,
  confirmMarginMs: 400,
  fallbackGraceMs: 300,
  settlePatienceMs: 8_000,
};

/**
 * Opens a scene for each test and passes it to `use`. After the test no candidate may be locked or hold edits. `afterEach` hooks that are
 * declared before the call of `useScene` run before this is checked.
 */
export function useScene(
  etcd: () => TestEtcd,
  use: (scene: Scene) => void,
  options?: Parameters<typeof openScene>[1],
): void {
  let opened: Scene | undefined;
  beforeEach(async () => {
    opened = await openScene(etcd(), options);
    use(opened);
  });
  afterEach(async () => {
    const scene = opened;
    opened = undefined;
    if (scene === undefined) return;
    try {
      await assertFree(scene);
    } finally {
      await scene.close();
    }
  });
}

/** A reservation, and three gateways to be applied under it. The test does something to the second one, `odd`, and the `others` must not suffer. */
export async function oddOneOfThree(scene: Scene) {
  const members = await scene.gateways(3);
  const [first, odd, third] = members as [PairMember, PairMember, PairMember];
  return { members, odd, others: [first, third], reservation: await scene.reservation() };
}
