import type { LocalRouter } from '../../../local/routers.ts';
import { byHand } from './further-versions.ts';
import type { Scene } from './scene.ts';

/** Adds statements to the group that a kind of gateway inherits its VRRP from. */
export async function inherited(
  scene: Scene,
  router: LocalRouter,
  group: string,
  number: number,
  ...statements: readonly string[]
): Promise<void> {
  const host = router === scene.one ? 2 : 3;
  const address = `interfaces <*> unit <*> family inet address 100.64.${number}.${host}/24`;
  await byHand(
    router,
    ...statements.map((words) => `set groups ${group}-VRRP ${address} vrrp-group ${number} ${words}`),
  );
}
