import assert from 'node:assert/strict';
import type { PlannedMember } from '../../../activities/pair/members.ts';
import type { VrrpTime } from '../../../gateway/vrrp-time.ts';
import { configurationOf, plannedMember, ROUTER_IDS } from './seen-routers.ts';
import {
  AE,
  candidate,
  created,
  CREATION,
  HIGH,
  limits,
  on,
  POLICY,
  since,
  SLOW,
  timeOf,
  unit,
  updated,
} from './vrrp-timers.ts';
import type { Groups } from './vrrp-timers.ts';

describe('the time that VRRP takes, by the timers of both routers,', () => {
  const plain = unit('10');
  const held = unit('10: preempt { hold-time 60; }');
  const high = unit(`10: ${HIGH} preempt { hold-time 60; }`);
  const tracked = unit('10: track { interface ae9 { priority-cost 100; } }');
  const twice = `${unit('10')} ${tracked.replace('192.0.2.2/24', '198.51.100.2/24')}`;

  /** Of a creation and of an update, on the primary and on the secondary: `masterMs`, `limitMs`, `holdMs`. */
  const cases: readonly (readonly [string, PlannedMember, string, string, number, number, number?])[] = [
    ['a creation', created(), plain, plain, 3_500, 8_750],
    ['a primary that waits', created(), held, plain, 3_500, 83_750],
    ['a primary that does not preempt', created(), unit(`10: no-preempt; `), plain, 3_500, 8_750],
    ['the slowest primary', created(), unit('10', `20: ${SLOW}`), plain, 35_000, 48_125],
    ['the slowest secondary', created(), plain, unit(`20: ${SLOW}`, '10'), 3_500, 48_125],
    ['a higher secondary', created(), plain, high, 3_500, 83_438, 60_000],
    ['a secondary that is not higher', created(), plain, held, 3_500, 8_750],
    ['a higher one without a hold-time', created(), plain, unit(`10: ${HIGH}`), 3_500, 8_438],
    [
      'a higher one that does not preempt',
      created(),
      plain,
      high.replace('preempt {', 'no-preempt; preempt {'),
      3_500,
      8_438,
    ],
    ['another group that is higher', created(), plain, high.replace('group 10', 'group 20'), 3_500, 8_438],
    ['the same in an update', updated(), plain, high.replace('group 10', 'group 20'), 3_500, 83_438, 60_000],
    ['a group of the primary alone', created(), held, unit('20'), 3_500, 83_750],
    ['the same in an update', updated(), held, unit('20'), 3_500, 158_750, 60_000],
    ['a group of both in an update', updated(), held, plain, 3_500, 83_750],
    ['a group of both beside another one', updated(), held, unit('10', '20'), 3_500, 83_750],
    ['a tracked primary', created(), tracked, held, 3_500, 8_750],
    ['the same in an update', updated(), tracked, held, 3_500, 83_750, 60_000],
    ['one of two addresses tracked in an update', updated(), twice, held, 3_500, 83_750, 60_000],
    [
      'a tracked secondary in an update',
      updated(),
      plain,
      held.replace('preempt', 'track { interface ae9; } preempt'),
      3_500,
      8_750,
    ],
  ];
  for (const [what, planned, one, other, masterMs, limitMs, holdMs] of cases)
    it(`of ${what} is ${limitMs} ms (MASTER ${masterMs} ms, hold ${holdMs ?? 0} ms)`, async () => {
      const { time, refused } = await timeOf(since(candidate(one, other), [plain, plain]), [planned]);
      const expected: VrrpTime = { masterMs, limitMs, ...(holdMs !== undefined && { holdMs }) };
      assert.deepEqual([time, refused], [expected, [undefined]]);
    });

  it('lasts as long as the router’s minutes do', async () => {
    const { time } = await timeOf(candidate(plain, high), [created()], { ...POLICY, minuteMs: 6_000 });
    assert.deepEqual(time, { masterMs: 350, limitMs: Math.ceil((350 + 325 + 6_000) * 1.25), holdMs: 6_000 });
  });

  it('is that of the slowest member, and the policy’s if there is none', async () => {
    const slow = plannedMember(
      's',
      [CREATION, CREATION].map(() => ({ before: null, after: configurationOf(['ae0.2']) })) as never,
      limits(360_000),
    );
    const two = unit(`10: ${SLOW}`).replace('unit 1', 'unit 2');
    const groups: Groups = [
      { candidate: { [AE]: plain, 'ae0.2': two } },
      { candidate: { [AE]: plain, 'ae0.2': two } },
    ];
    assert.deepEqual((await timeOf(groups, [created(), slow])).time, { masterMs: 35_000, limitMs: 87_500 });
    assert.deepEqual((await timeOf(groups, [])).time, { masterMs: null, limitMs: 1_000 });
  });

  it('is not known of members without VRRP: nothing waits for it', async () => {
    const { time } = await timeOf([{}, {}], [created()]);
    assert.deepEqual(time, { masterMs: null, limitMs: 1_000 });
    const deletion = { before: on(), after: null };
    const deleted = plannedMember('g', [deletion, deletion], limits(360_000));
    const slow = unit(`10: ${SLOW}`);
    const found = await timeOf(since([{}, {}], [slow, slow]), [deleted]);
    assert.deepEqual(found.time, { masterMs: null, limitMs: 1_000 });
    assert.deepEqual(found.asked, ['MX-1 candidate', 'MX-1 committed', 'MX-2 candidate', 'MX-2 committed']);
  });

  it('is at least the policy’s for BGP, if a router is to have a session', async () => {
    const withBgp = { before: null, after: configurationOf([AE], { bgp: true }) };
    const groups = candidate(plain, plain);
    for (const [one, other] of [
      [withBgp, CREATION],
      [CREATION, withBgp],
    ] as const) {
      const planned = plannedMember('g', [one, other], limits(360_000));
      assert.equal((await timeOf(groups, [planned])).time.limitMs, 90_000);
    }
    const gone = plannedMember('g', [CREATION, { before: withBgp.after, after: null }], limits(360_000));
    assert.equal((await timeOf(groups, [gone])).time.limitMs, 4_375);
  });

  it('is read once for each unit, and of what runs until the commit only where roles may change', async () => {
    const groups = candidate(plain, plain);
    const { asked } = await timeOf(groups, [created('g'), created('h')]);
    assert.deepEqual(asked, [
      'MX-1 candidate ae0.1',
      'MX-1 committed',
      'MX-2 candidate ae0.1',
      'MX-2 committed',
    ]);
    const { asked: ofUpdate } = await timeOf(groups, [updated('g')]);
    assert.deepEqual(
      ofUpdate,
      ROUTER_IDS.map((id) => id.replace('id', 'MX')).flatMap((name) => [
        `${name} candidate ae0.1`,
        `${name} committed ae0.1`,
      ]),
    );
  });

  describe('where an update may change roles', () => {
    const holdOf = async (before: readonly [string, string], after = plain) =>
      (await timeOf(since(candidate(after, after), before), [updated()])).time.holdMs;

    it('covers the timers that run until the commit, of either router', async () => {
      const slow = unit(`10: ${SLOW}`);
      assert.equal(await holdOf([slow, plain]), 31_500);
      assert.equal(await holdOf([plain, slow]), 31_500);
      assert.equal(await holdOf([plain, plain], slow), undefined);
    });

    it('does not count timers until then that can’t be read: the update may mend them', async () => {
      const unreadable = { kind: 'unreadable', path: ['system'], why: 'line 1' } as const;
      const [one, other] = candidate(plain, plain);
      const groups: Groups = [
        { ...one, committed: { [AE]: unreadable } },
        { ...other, committed: { [AE]: unit(`10: ${SLOW}`) } },
      ];
      const { time, refused } = await timeOf(groups, [updated()]);
      assert.deepEqual([time, refused], [{ masterMs: 3_500, limitMs: 8_750 }, [undefined]]);
    });
  });
});
