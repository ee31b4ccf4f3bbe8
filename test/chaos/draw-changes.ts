/** What becomes of gateways once they were requested: new versions, deletions, and statements of operators in their stanzas. */
import { CHANGES, PLACES } from './changes.ts';
import type { GatewayChange } from './changes.ts';
import type { Random } from './random.ts';
import type { Change, Workload } from './workload.ts';

const FAILING: readonly GatewayChange[] = ['roles swapped', 'check refuses', 'hostile value'];

const MINUTE_MS = 60_000;
/** Nothing goes wrong any more after 25 minutes. */
const LATEST_MS = 23 * MINUTE_MS;

export interface ChangesOptions {
  /** The first ones come so many ms after the beginning, or soon after; 0: soon after their gateways were requested. */
  readonly from: number;
  /** Every change has to end as it should: operators put nothing in its way. */
  readonly isCalm: boolean;
}

export function drawChanges(
  random: Random,
  { gateways, actions }: Workload,
  { from, isCalm }: ChangesOptions,
): readonly Change[] {
  const changes = gateways.flatMap(({ vrfConfigOctets, pair }, gateway): readonly Change[] => {
    if (vrfConfigOctets !== undefined || random.chance(0.2)) return [];
    const requested = actions.find((one) => one.kind === 'create' && one.gateway === gateway)?.at ?? 0;
    const created = Math.max(requested, from);
    const drawn: Change[] = [];
    let fails = false;
    let at = created + random.pick([random.whole(0, MINUTE_MS), random.whole(MINUTE_MS, 10 * MINUTE_MS)]);
    const versions = random.whole(1, 4);
    for (let nth = 1; nth <= versions && at <= LATEST_MS; nth += 1) {
      if (!isCalm && random.chance(0.4)) {
        const place = random.pick(PLACES);
        const router = random.pick(pair);
        drawn.push({ at: at - random.whole(0, MINUTE_MS), kind: 'operator adds', gateway, router, place });
      }
      const of = random.pick(random.chance(0.25) ? (['deletion'] as const) : CHANGES);
      if (of !== 'nothing') fails = FAILING.includes(of);
      drawn.push({ at, kind: 'change', gateway, of, insists: isCalm || random.chance(0.7), fails });
      if (of === 'deletion' && !isCalm && random.chance(0.3))
        drawn.push({ at: at + random.whole(0, MINUTE_MS), kind: 'marked record removed', gateway });
      at += random.whole(5_000, 8 * MINUTE_MS);
    }
    return drawn.map((action) => ({ ...action, at: Math.max(action.at, created + 1) }));
  });
  return changes.sort((one, other) => one.at - other.at);
}
