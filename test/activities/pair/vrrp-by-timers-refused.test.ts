import assert from 'node:assert/strict';
import type { PlannedMember } from '../../../activities/pair/members.ts';
import { mayChangeRoles } from '../../../activities/pair/vrrp-time.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { configurationOf, plannedMember } from './seen-routers.ts';
import { AE, candidate, created, CREATION, HIGH, limits, on, SLOW, timeOf, unit } from './vrrp-timers.ts';
import type { Groups } from './vrrp-timers.ts';

describe('a member of a batch', () => {
  const plain = unit('10');
  const high = unit(`10: ${HIGH} preempt { hold-time 60; }`);

  it('is refused if its timers can’t be read, or are not known, with the router’s name', async () => {
    const unreadable = { kind: 'unreadable', path: ['system'], why: 'line 1' } as const;
    const [one] = (
      await timeOf([{ candidate: { [AE]: plain } }, { candidate: { [AE]: unreadable } }], [created()])
    ).refused;
    assert.deepEqual([one?.type, one?.reason], [FAILURES.Conflict, 'MX-2: "system" can\'t be read (line 1)']);
    const follows = unit('10: vrrp-inherit-from { active-interface ae0.4000; }');
    const { refused, time } = await timeOf(candidate(follows, plain), [created()]);
    assert.equal(refused[0]?.type, FAILURES.Conflict);
    assert.match(
      refused[0].reason,
      /^MX-1: VRRP on the primary: vrrp-group 10: not known, because it inherits from/,
    );
    assert.deepEqual(time, { masterMs: null, limitMs: 1_000 });
  });

  it('is refused if it needs more than its limit, not if it needs just that', async () => {
    const needs = async (planned: PlannedMember, one: string, other = plain) =>
      (await timeOf(candidate(one, other), [planned])).refused[0];
    assert.equal(await needs(created('g', limits(7_000)), plain), undefined);
    const refused = await needs(created('g', limits(6_999)), unit('10', '20: preempt { hold-time 0; }'));
    assert.equal(refused?.type, FAILURES.NotConverged);
    assert.equal(
      refused.reason,
      'VRRP needs 7 s, more than the 7 s of "vrrpMaxMs": MASTER on the primary after vrrp-group 10: 3 advertisements of 1 s + skew 0.5 s = 3.5 s, then 3.5 s until BACKUP on the secondary proves something',
    );
    // Both the hold-time of the other router and the times before and after it: 3.5 s, 60 s and 3.25 s.
    assert.equal(await needs(created('g', limits(66_750)), plain, high), undefined);
    const told = await needs(
      created('g', limits(60_000)),
      unit('10: preempt { hold-time 50; }', `20: ${SLOW}`),
      high,
    );
    assert.match(
      told?.reason ?? '',
      /^VRRP needs 98\.3 s, .* after vrrp-group 20: .* = 35 s, then 60 s until no other router may take over, then 3\.3 s until BACKUP/,
    );
  });

  it('is told its own slowest group, with the time it waits, if no other router takes longer', async () => {
    const primary = unit('10: preempt { hold-time 90; }', `20: ${SLOW}`);
    const { refused } = await timeOf(candidate(primary, plain), [created('g', limits(60_000))]);
    assert.match(
      refused[0]?.reason ?? '',
      /^VRRP needs 97 s, .* after vrrp-group 10: .* \+ hold-time 90 s = 93\.5 s, then 3\.5 s until BACKUP/,
    );
    const equal = candidate(unit('10: preempt { hold-time 60; }'), high);
    const [both] = (await timeOf(equal, [created('g', limits(60_000))])).refused;
    assert.match(both?.reason ?? '', /\+ hold-time 60 s = 63\.5 s, then 3\.3 s until BACKUP/);
    const none = await timeOf(candidate('', unit(`10: ${SLOW}`, '20')), [created('g', limits(20_000))]);
    assert.match(none.refused[0]?.reason ?? '', /: no VRRP on the primary, then 35 s until BACKUP/);
    const alone = await timeOf(candidate(unit(`10: ${SLOW}`), ''), [created('g', limits(20_000))]);
    assert.match(alone.refused[0]?.reason ?? '', /, then 0 s until BACKUP/);
  });

  describe('goes with the next batch', () => {
    /** `g` is on `ae0.1`, whose secondary waits for 60 s; `h` is on `ae0.2`, whose secondary does not. */
    const ofH = { before: null, after: configurationOf(['ae0.2']) };
    const h = (mostMs: number) => plannedMember('h', [ofH, ofH], limits(mostMs));
    const groups: Groups = [
      { candidate: { [AE]: plain, 'ae0.2': plain.replace('unit 1', 'unit 2') } },
      { candidate: { [AE]: high, 'ae0.2': plain.replace('unit 1', 'unit 2') } },
    ];

    it('if it, or one before it, has no time for the other’s hold-time', async () => {
      for (const [first, second, isPostponed] of [
        [created(), h(67_000), false],
        [created(), h(66_999), true],
        [h(67_000), created(), false],
        [h(66_999), created(), true],
      ] as const) {
        const { rejections, time } = await timeOf(groups, [first, second]);
        assert.equal(rejections.of(first.member), undefined);
        assert.equal(rejections.isPostponed(second.member), isPostponed);
        const reason = rejections.of(second.member)?.reason;
        assert.equal(
          reason,
          isPostponed
            ? `${first.member.name} goes first: in one batch, VRRP would need more than "vrrpMaxMs"`
            : undefined,
        );
        assert.equal(time.holdMs, isPostponed && first.member.name === 'h' ? undefined : 60_000);
      }
    });

    it('not if both wait equally long, however long a primary may take', async () => {
      const held = unit('10: preempt { hold-time 60; }');
      const [one, other] = [created('g', limits(100_000)), created('i', limits(100_000))];
      const { refused } = await timeOf(candidate(held, high), [one, other]);
      assert.deepEqual(refused, [undefined, undefined]);
    });
  });
});

describe('the roles of VRRP groups', () => {
  const inUnit = (text: string) => `interfaces { ae0 { unit 1 { ${text} } } }`;
  const may = (before: string, after: string) => {
    const same = { before: on(), after: on() };
    const update = { before: on(before), after: on(after) };
    const found = [
      mayChangeRoles(plannedMember('g', [update, same])),
      mayChangeRoles(plannedMember('g', [same, update])),
    ];
    assert.equal(found[0], found[1]);
    return found[0];
  };

  it('may change by an update of a unit in more than its description and its filters', () => {
    const vlan = 'vlan-id 1;';
    assert.equal(may(inUnit(vlan), inUnit(vlan)), false);
    assert.equal(may(inUnit(vlan), inUnit(`${vlan} description d;`)), false);
    assert.equal(may(inUnit('description c;'), inUnit('description d;')), false);
    const family = (text: string) => inUnit(`family inet { mtu 9000; ${text} }`);
    assert.equal(may(family('filter { input a; }'), family('filter { input b; }')), false);
    assert.equal(may(family(''), family('address 192.0.2.2/24;')), true);
    assert.equal(may(family('address 192.0.2.2/24;'), family('')), true);
    assert.equal(
      may(inUnit(vlan), `${inUnit(vlan)} routing-instances { i { unit 2 { vlan-id 2; } } }`),
      false,
    );
    assert.equal(may(inUnit(vlan), `interfaces { ae0 { mtu 9000; unit 1 { ${vlan} } } }`), false);
  });

  it('don’t change by a creation or a deletion', () => {
    const deletion = { before: on(), after: null };
    assert.equal(mayChangeRoles(plannedMember('g', [CREATION, deletion])), false);
  });
});
