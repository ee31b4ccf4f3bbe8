import assert from 'node:assert/strict';
import { planSettle } from '../../../activities/pair/settle-plan.ts';
import type { Fate, View } from '../../../activities/pair/settle-plan.ts';
import type { Standing } from '../../../activities/router/presence.ts';
import type { PairMember } from '../../../pair/messages.ts';

const member: PairMember = {
  gateway: { resourceType: 'vpn_gateway', resourceId: 'g', version: 1 },
  run: 'run',
  name: 'g',
};
const standings: Readonly<Record<Standing['kind'], Standing>> = {
  absent: { kind: 'absent' },
  whole: { kind: 'whole' },
  changed: { kind: 'changed', path: ['system'] },
  part: { kind: 'part', found: ['system'], missing: ['interfaces'] },
};

interface Seen {
  readonly is: Standing['kind'];
  readonly onTrial?: boolean;
  readonly trials?: number;
  readonly notOurs?: boolean;
}

function view(name: string, { is, onTrial = false, trials = 1, notOurs = false }: Seen): View {
  return {
    name,
    pending: onTrial ? { kind: 'ours', until: 0 } : { kind: 'none' },
    trials,
    standing: () => standings[is],
    isOurs: () => !notOurs,
  };
}

/** What is wanted, what A and B carry, what becomes of it, and where it is removed. */
const cases: readonly (readonly ['keep' | 'drop', Seen, Seen, Fate['kind'], string])[] = [
  ['keep', { is: 'whole', onTrial: true }, { is: 'whole', onTrial: true }, 'kept', ''],
  ['keep', { is: 'whole' }, { is: 'whole', onTrial: true }, 'kept', ''],
  ['keep', { is: 'changed' }, { is: 'whole' }, 'kept', ''],
  ['keep', { is: 'absent' }, { is: 'absent' }, 'again', ''],
  ['keep', { is: 'absent' }, { is: 'whole' }, 'again', ''],
  ['keep', { is: 'absent' }, { is: 'whole', onTrial: true }, 'again', 'B'],
  ['keep', { is: 'absent', trials: 2 }, { is: 'whole' }, 'gone', 'B'],
  ['keep', { is: 'absent', trials: 2 }, { is: 'absent', trials: 2 }, 'gone', ''],
  ['keep', { is: 'part' }, { is: 'whole' }, 'gone', 'AB'],
  // Both were seen to carry it for good, and it was said so, before one lost it.
  ['keep', { is: 'absent', notOurs: true }, { is: 'whole', notOurs: true }, 'kept', ''],
  ['drop', { is: 'whole', onTrial: true }, { is: 'whole', onTrial: true }, 'gone', 'AB'],
  ['drop', { is: 'absent' }, { is: 'changed' }, 'gone', 'B'],
  ['drop', { is: 'part' }, { is: 'absent' }, 'gone', 'A'],
  ['drop', { is: 'whole', notOurs: true }, { is: 'whole' }, 'gone', 'B'],
];

describe('what is to become of a gateway on two routers', () => {
  for (const [wish, a, b, fate, removedFrom] of cases) {
    const words = [a, b].map((seen) => Object.values(seen).join(' ')).join(', ');
    it(`to ${wish}: ${words} → ${fate}${removedFrom === '' ? '' : `, removed from ${removedFrom}`}`, () => {
      const views = [view('A', a), view('B', b)];
      const [keep, drop] = wish === 'keep' ? [[member], []] : [[], [member]];
      const plan = planSettle(views, keep, drop);
      assert.equal(plan.fates.get(member)?.kind, fate);
      const names = views.filter((_, index) => plan.remove[index]?.has(member)).map(({ name }) => name);
      assert.equal(names.join(''), removedFrom);
    });
  }

  it('is told with what somebody has made of it', () => {
    const reasonOf = (a: Seen, b: Seen, keep: readonly PairMember[]) => {
      const drop = keep.length > 0 ? [] : [member];
      const fate = planSettle([view('A', a), view('B', b)], keep, drop).fates.get(member);
      return fate?.kind === 'gone' ? fate.reason : fate?.kind;
    };
    assert.equal(reasonOf({ is: 'whole' }, { is: 'whole' }, []), null);
    assert.equal(
      reasonOf({ is: 'whole' }, { is: 'changed' }, []),
      'B: "system" was changed by somebody else',
    );
    assert.equal(
      reasonOf({ is: 'part' }, { is: 'whole' }, [member]),
      'A: "interfaces" was removed by somebody else',
    );
  });
});
