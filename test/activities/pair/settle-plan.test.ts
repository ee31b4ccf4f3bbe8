import assert from 'node:assert/strict';
import { planSettle } from '../../../activities/pair/settle-plan.ts';
import type { Fate, RouterView } from '../../../activities/pair/settle-plan.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import type { PairMember } from '../../../pair/messages.ts';

const member: PairMember = {
  gateway: { resourceType: 'vpn_gateway', resourceId: 'g', version: 1 },
  run: 'run',
  name: 'g',
};
const presences: Readonly<Record<Presence['kind'], Presence>> = {
  absent: { kind: 'absent' },
  before: { kind: 'before' },
  after: { kind: 'after' },
  unchanged: { kind: 'unchanged' },
  modified: { kind: 'modified', path: ['system'] },
  partial: { kind: 'partial', found: ['system'], missing: ['interfaces'] },
  unreadable: { kind: 'unreadable', path: ['system'], why: 'line 1' },
};

interface Seen {
  readonly is: Presence['kind'];
  readonly onTrial?: boolean;
  readonly trials?: number;
  readonly notOurs?: boolean;
  /** Whether something of the member stood before: its change is no creation. */
  readonly stoodBefore?: boolean;
  readonly takenBack?: boolean;
}

function view(
  name: string,
  { is, onTrial = false, trials = 1, notOurs = false, stoodBefore = false, takenBack = false }: Seen,
): RouterView {
  return {
    name,
    pending: onTrial ? { kind: 'ours', until: 0 } : { kind: 'none' },
    trials,
    presence: () => presences[is],
    isCreated: () => !stoodBefore,
    isOurs: () => !notOurs,
    wasTakenBack: () => takenBack,
  };
}

/** The verdict, what the routers A and B carry, what becomes of the member, and on which of them it is reverted. */
const cases: readonly (readonly ['confirm' | 'revert', Seen, Seen, Fate['kind'], string])[] = [
  ['confirm', { is: 'after', onTrial: true }, { is: 'after', onTrial: true }, 'kept', ''],
  ['confirm', { is: 'after' }, { is: 'after', onTrial: true }, 'kept', ''],
  ['confirm', { is: 'modified' }, { is: 'after' }, 'kept', ''],
  ['confirm', { is: 'before' }, { is: 'before' }, 'fell back', ''],
  ['confirm', { is: 'before' }, { is: 'after' }, 'fell back', ''],
  ['confirm', { is: 'before' }, { is: 'after', onTrial: true }, 'fell back', 'B'],
  ['confirm', { is: 'before', trials: 2 }, { is: 'after' }, 'reverted', 'B'],
  ['confirm', { is: 'before', trials: 2 }, { is: 'before', trials: 2 }, 'reverted', ''],
  // Only the trials of a router that has fallen back count. In the first case a router has fallen back twice, in the second one only once.
  ['confirm', { is: 'before', trials: 1 }, { is: 'before', trials: 2 }, 'reverted', ''],
  ['confirm', { is: 'before', trials: 1 }, { is: 'after', trials: 2 }, 'fell back', ''],
  ['confirm', { is: 'partial' }, { is: 'after' }, 'reverted', 'AB'],
  ['confirm', { is: 'unreadable', onTrial: true }, { is: 'after', onTrial: true }, 'reverted', 'AB'],
  ['revert', { is: 'unreadable' }, { is: 'before' }, 'reverted', 'A'],
  ['confirm', { is: 'unreadable', notOurs: true }, { is: 'after', notOurs: true }, 'kept', ''],
  // Both routers were seen to carry the member for good, and the saga was answered `kept`, before one router lost the member.
  ['confirm', { is: 'before', notOurs: true }, { is: 'after', notOurs: true }, 'kept', ''],
  // A router to which nothing was committed: both ends are the same there, or what was to be deleted was gone already.
  ['confirm', { is: 'unchanged', notOurs: true }, { is: 'before' }, 'fell back', ''],
  ['confirm', { is: 'unchanged', notOurs: true }, { is: 'before', notOurs: true }, 'fell back', ''],
  ['confirm', { is: 'after', notOurs: true }, { is: 'before' }, 'fell back', ''],
  ['revert', { is: 'after', onTrial: true }, { is: 'after', onTrial: true }, 'reverted', 'AB'],
  ['revert', { is: 'before' }, { is: 'modified' }, 'reverted', 'B'],
  ['revert', { is: 'partial' }, { is: 'before' }, 'reverted', 'A'],
  ['revert', { is: 'after', notOurs: true }, { is: 'after' }, 'reverted', 'B'],
];

describe('what becomes of a gateway on two routers', () => {
  for (const [action, a, b, fate, revertedOn] of cases) {
    const words = [a, b].map((seen) => Object.values(seen).join(' ')).join(', ');
    it(`to ${action}: ${words} → ${fate}${revertedOn === '' ? '' : `, reverted on ${revertedOn}`}`, () => {
      const views = [view('A', a), view('B', b)];
      const [confirm, revert] = action === 'confirm' ? [[member], []] : [[], [member]];
      const plan = planSettle(views, confirm, revert);
      assert.equal(plan.fates.get(member)?.kind, fate);
      const names = views.filter((_, index) => plan.revert[index]?.has(member)).map(({ name }) => name);
      assert.equal(names.join(''), revertedOn);
    });
  }

  it('stays as an earlier plan said if that was to revert it', () => {
    const views = [view('A', { is: 'before' }), view('B', { is: 'before' })];
    const earlier = { kind: 'reverted', reason: 'B: "system" was changed by somebody else' } as const;
    for (const [confirm, revert] of [
      [[member], []],
      [[], [member]],
    ]) {
      const plan = planSettle(views, confirm ?? [], revert ?? [], new Map([[member, earlier]]));
      assert.deepEqual(plan.fates.get(member), earlier);
    }
    const kept = new Map([[member, { kind: 'kept' }] as const]);
    assert.equal(planSettle(views, [member], [], kept).fates.get(member)?.kind, 'fell back');
  });

  it('says what somebody else has made of it', () => {
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
    assert.equal(
      reasonOf({ is: 'after' }, { is: 'unreadable' }, [member]),
      'B: "system" can\'t be read (line 1)',
    );
    const twice = 'fell back 2 times before it could be made permanent';
    assert.equal(reasonOf({ is: 'before', trials: 2 }, { is: 'after' }, [member]), `A: ${twice}`);
    const both = reasonOf({ is: 'before', trials: 2 }, { is: 'before', trials: 2 }, [member]);
    assert.equal(both, `A and B: ${twice}`);
    assert.equal(
      reasonOf({ is: 'before', trials: 2, takenBack: true }, { is: 'after' }, [member]),
      'A: 2 trials ended before it could be made permanent, the last one because the router refused to revert another gateway',
    );
  });
});
