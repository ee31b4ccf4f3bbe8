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
  whole: { kind: 'after' },
  changed: { kind: 'modified', path: ['system'] },
  part: { kind: 'partial', found: ['system'], missing: ['interfaces'] },
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
const cases: readonly (readonly ['confirm' | 'revert', Seen, Seen, Fate['kind'], string])[] = [
  ['confirm', { is: 'after', onTrial: true }, { is: 'after', onTrial: true }, 'kept', ''],
  ['confirm', { is: 'after' }, { is: 'after', onTrial: true }, 'kept', ''],
  ['confirm', { is: 'modified' }, { is: 'after' }, 'kept', ''],
  ['confirm', { is: 'absent' }, { is: 'absent' }, 'again', ''],
  ['confirm', { is: 'absent' }, { is: 'after' }, 'again', ''],
  ['confirm', { is: 'absent' }, { is: 'after', onTrial: true }, 'again', 'B'],
  ['confirm', { is: 'absent', trials: 2 }, { is: 'after' }, 'reverted', 'B'],
  ['confirm', { is: 'absent', trials: 2 }, { is: 'absent', trials: 2 }, 'reverted', ''],
  ['confirm', { is: 'partial' }, { is: 'after' }, 'reverted', 'AB'],
  // Both were seen to carry it for good, and it was said so, before one lost it.
  ['confirm', { is: 'absent', notOurs: true }, { is: 'after', notOurs: true }, 'kept', ''],
  ['revert', { is: 'after', onTrial: true }, { is: 'after', onTrial: true }, 'reverted', 'AB'],
  ['revert', { is: 'absent' }, { is: 'modified' }, 'reverted', 'B'],
  ['revert', { is: 'partial' }, { is: 'absent' }, 'reverted', 'A'],
  ['revert', { is: 'after', notOurs: true }, { is: 'after' }, 'reverted', 'B'],
];

describe('what is to become of a gateway on two routers', () => {
  for (const [action, a, b, fate, removedFrom] of cases) {
    const words = [a, b].map((seen) => Object.values(seen).join(' ')).join(', ');
    it(`to ${action}: ${words} → ${fate}${removedFrom === '' ? '' : `, removed from ${removedFrom}`}`, () => {
      const views = [view('A', a), view('B', b)];
      const [confirm, revert] = action === 'confirm' ? [[member], []] : [[], [member]];
      const plan = planSettle(views, confirm, revert);
      assert.equal(plan.fates.get(member)?.kind, fate);
      const names = views.filter((_, index) => plan.remove[index]?.has(member)).map(({ name }) => name);
      assert.equal(names.join(''), removedFrom);
    });
  }

  it('is told with what somebody has made of it', () => {
    const reasonOf = (a: Seen, b: Seen, confirm: readonly PairMember[]) => {
      const revert = confirm.length > 0 ? [] : [member];
      const fate = planSettle([view('A', a), view('B', b)], confirm, revert).fates.get(member);
      return fate?.kind === 'reverted' ? fate.reason : fate?.kind;
    };
    assert.equal(reasonOf({ is: 'after' }, { is: 'after' }, []), null);
    assert.equal(
      reasonOf({ is: 'after' }, { is: 'modified' }, []),
      'B: "system" was changed by somebody else',
    );
    assert.equal(
      reasonOf({ is: 'partial' }, { is: 'after' }, [member]),
      'A: "interfaces" was removed by somebody else',
    );
  });
});
