import type { TestEtcd } from '../../etcd/fixture.ts';
import { assertFree } from './router-facts.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';

/**
 * Opens a scene for each test and hands it over. After the test no candidate may be locked or hold edits. Hooks that are declared
 * before this one run before that is looked at.
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
