/** What the pair is told when both routers have answered. */
import assert from 'node:assert/strict';
import { outcomeOf } from '../../../activities/pair/apply-outcome.ts';
import { Rejections } from '../../../activities/pair/conflicts.ts';
import type { PlannedMember, RouterChange } from '../../../activities/pair/members.ts';
import { RefusedError } from '../../../activities/refused.ts';
import type { Committed } from '../../../activities/router/commit.ts';
import type { LockedRouter } from '../../../activities/router/locked-router.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { DEFAULT_POLICY, verdictTime } from '../../../gateway/policies.ts';
import { gatewayChange } from '../router/gateway-change.ts';

type Kind = Presence['kind'];

const IDS = ['one', 'other'] as const;
const NAMES = { one: 'MX-2', other: 'MX-1' } as const;
const VRRP = { masterMs: 3_000, limitMs: 90_000 };
const HOUR_MS = 3_600_000;
const VERDICT_MS = verdictTime({ vrrpLimitMs: VRRP.limitMs });

function planned(id: string, deletes = false, on: readonly string[] = IDS): PlannedMember {
  const made = gatewayChange(id, { [deletes ? 'before' : 'after']: [`x ${id}`] });
  const member = { gateway: made.gateway, run: 'run', name: id };
  const changes = on.map((router): [string, RouterChange] => [router, { ...made, member, role: 'primary' }]);
  const plan = {} as unknown as PlannedMember['plan'];
  return { member, changes: new Map(changes), kept: false, plan, state: undefined };
}

/** A router as the look before the commit showed it. `found`: by the ids of members; `before` if it is left out. `permitted`: who may stand there. */
function router(
  id: (typeof IDS)[number],
  found: Readonly<Record<string, Kind>> = {},
  permitted: readonly PlannedMember[] = [],
): LockedRouter {
  const members = permitted.map(({ member: { gateway, run } }) => ({ gateway, run }));
  const fake = {
    session: { id, name: NAMES[id], record: { reservation: { members }, owedChanges: [] } },
    presence: ({ gateway }: RouterChange) => ({ kind: found[gateway.resourceId] ?? 'before' }),
  };
  return fake as unknown as LockedRouter;
}

function done(value: Committed): PromiseFulfilledResult<Committed> {
  return { status: 'fulfilled', value };
}

const onTrial = (inMs = HOUR_MS) => done({ how: 'on trial', until: Date.now() + inMs });
const PLAIN = done({ how: 'plain' });

interface Given {
  readonly agreed?: readonly PlannedMember[];
  readonly routers?: readonly LockedRouter[];
  readonly rejections?: Rejections;
  readonly refusal?: unknown;
  readonly results?: readonly PromiseSettledResult<Committed>[];
}

function outcome(all: readonly PlannedMember[], given: Given = {}) {
  const { agreed = all, rejections = new Rejections(), refusal } = given;
  const { routers = IDS.map((id) => router(id)), results = [onTrial(), onTrial()] } = given;
  return outcomeOf(
    DEFAULT_POLICY,
    routers,
    { planned: all, agreed, rejections, refusal, vrrp: VRRP },
    results,
  );
}

describe('the outcome of a batch', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => planned(id)) as [PlannedMember, PlannedMember, PlannedMember];

  it('that both routers have on trial is to be confirmed before the first of them falls back', () => {
    const until = Date.now() + HOUR_MS;
    const results = [until + 1, until].map((time) => done({ how: 'on trial', until: time }));
    assert.deepEqual(outcome([a, b], { results }), {
      applied: [a.member, b.member],
      refused: [],
      postponed: [],
      toRevert: [],
      commits: { one: 'on trial', other: 'on trial' },
      confirmBy: new Date(until - DEFAULT_POLICY.confirmMarginMs).toISOString(),
      verdictMs: VERDICT_MS,
      vrrp: VRRP,
    });
  });

  it('waits for verdicts no longer than a confirm may be sent, and ends also if that time is over', () => {
    const margin = DEFAULT_POLICY.confirmMarginMs;
    const soon = outcome([a], { results: [onTrial(), onTrial(margin + 30_000)] }).verdictMs ?? 0;
    assert.ok(soon > 20_000 && soon <= 30_000, `${soon}`);
    assert.equal(outcome([a], { results: [onTrial(margin - 5), onTrial()] }).verdictMs, 1);
  });

  it('names the routers that can’t fall back, in the order of their names', () => {
    const both = outcome([a], { results: [PLAIN, PLAIN] });
    assert.deepEqual([both.plainCommits, both.commits], [['MX-1', 'MX-2'], { one: 'plain', other: 'plain' }]);
    assert.deepEqual([both.confirmBy, both.verdictMs], [null, VERDICT_MS]);
    const one = outcome([a], { results: [PLAIN, onTrial()] });
    assert.deepEqual([one.plainCommits, one.commits], [['MX-2'], { one: 'plain', other: 'on trial' }]);
    assert.ok(one.confirmBy !== null);
  });

  it('of which a router has refused the commit is to be reverted as a whole, with the router’s reason', () => {
    const refusal = new RefusedError(FAILURES.RouterRefused, 'MX-1: no such filter');
    const results = [onTrial(), { status: 'rejected', reason: refusal } as const];
    const { applied, toRevert, commits } = outcome([a, b], { refusal, results });
    const why = { type: FAILURES.RouterRefused, reason: 'MX-1: no such filter' };
    assert.deepEqual(
      [applied, toRevert],
      [
        [],
        [
          { member: a.member, ...why },
          { member: b.member, ...why },
        ],
      ],
    );
    assert.deepEqual(commits, { one: 'on trial', other: null });
  });

  it('has a rejected member reverted if a router carries it by a commit of ours, and else refused', () => {
    const rejections = new Rejections();
    for (const { member } of [a, b]) rejections.add(member, 'MX-1', new Error('no'));
    const onlyB = planned('b', false, ['one']);
    const both = (second: PlannedMember, found: Readonly<Record<string, Kind>>, permitted = [a, second]) => {
      const routers = [router('one', {}, permitted), router('other', found, permitted)];
      const { refused, toRevert } = outcome([a, { ...second, member: b.member }, c], {
        agreed: [c],
        rejections,
        routers,
      });
      return [refused, toRevert].map((some) => some.map(({ member }) => member.name));
    };
    assert.deepEqual(both(b, { b: 'after' }), [['a'], ['b']]);
    assert.deepEqual(both(b, { b: 'partial', a: 'modified' }), [[], ['a', 'b']]);
    assert.deepEqual(both(b, {}), [['a', 'b'], []]);
    assert.deepEqual(both(b, { a: 'unchanged' }), [['a', 'b'], []]);
    assert.deepEqual(both(b, { b: 'after' }, []), [['a', 'b'], []], 'somebody else’s');
    assert.deepEqual(both(onlyB, { b: 'after' }), [['a', 'b'], []], 'not on that router');
  });

  it('postpones a member for the next batch, unless a router carries it already', () => {
    const rejections = new Rejections();
    for (const { member } of [a, b]) rejections.postpone(member, 'MX-1', 'too late');
    const routers = [router('one'), router('other', { b: 'after' }, [b])];
    const wrong = planned('wrong');
    rejections.add(wrong.member, 'MX-1', new Error('no'));
    const all = [a, b, c, wrong];
    const { applied, refused, postponed, toRevert } = outcome(all, { agreed: [c], rejections, routers });
    assert.deepEqual([applied, postponed], [[c.member], [a.member]]);
    assert.deepEqual(refused, [{ member: wrong.member, type: FAILURES.RouterRefused, reason: 'MX-1: no' }]);
    assert.deepEqual(toRevert, [
      { member: b.member, type: FAILURES.RouterRefused, reason: 'MX-1: too late' },
    ]);
  });

  it('of which no member was applied has nothing to wait for', () => {
    const rejections = new Rejections();
    rejections.add(a.member, 'MX-1', new Error('no'));
    const { verdictMs, commits, refused, ...rest } = outcome([a], { agreed: [], rejections });
    assert.deepEqual([verdictMs, commits], [null, { one: null, other: null }]);
    assert.deepEqual(refused, [{ member: a.member, type: FAILURES.RouterRefused, reason: 'MX-1: no' }]);
    assert.ok(!('vrrp' in rest) && !('plainCommits' in rest));
  });

  it('has no commit on a router where the change changes nothing, or that has no part in it', () => {
    const unchanged = [router('one'), router('other', { a: 'unchanged' })];
    assert.deepEqual(outcome([a], { routers: unchanged }).commits, { one: 'on trial', other: null });
    assert.deepEqual(outcome([a, b], { routers: unchanged }).commits, { one: 'on trial', other: 'on trial' });
    const results = [PLAIN, PLAIN];
    const alone = outcome([planned('a', false, ['one'])], { results });
    assert.deepEqual([alone.commits, alone.plainCommits], [{ one: 'plain', other: null }, ['MX-2']]);
  });

  it('has no commit where what was to be deleted was gone before, unless it was ours that deleted it', () => {
    const deletion = planned('a', true);
    const gone = (permitted: readonly PlannedMember[], kind: Kind = 'after') =>
      outcome([deletion], { routers: [router('one'), router('other', { a: kind }, permitted)] }).commits;
    assert.deepEqual(gone([]), { one: 'on trial', other: null });
    assert.deepEqual(gone([deletion]), { one: 'on trial', other: 'on trial' });
    assert.deepEqual(gone([], 'partial'), { one: 'on trial', other: 'on trial' });
    const created = [router('one'), router('other', { a: 'after' })];
    assert.deepEqual(outcome([a], { routers: created }).commits, { one: 'on trial', other: 'on trial' });
  });
});
