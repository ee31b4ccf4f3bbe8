import assert from 'node:assert/strict';
import { mayTakeOver, recognize, recordRecognized } from '../../../activities/pair/recognize.ts';
import type { Recognized } from '../../../activities/pair/recognize.ts';
import type { PlannedMember } from '../../../activities/pair/members.ts';
import type { UnrecordedTrial } from '../../../activities/router/commit-history.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import type { Store } from '../../../etcd/store.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { DEFAULT_POLICY, verdictTime } from '../../../gateway/policies.ts';
import { configurationOf, plannedMember, ROUTER_IDS, seenRouter } from './seen-routers.ts';
import type { Shown } from './seen-routers.ts';

const CREATION = { before: null, after: configurationOf() };
const UPDATE = { before: configurationOf(), after: configurationOf() };
const PRESENCES = {
  absent: { kind: 'absent' },
  before: { kind: 'before' },
  after: { kind: 'after' },
  unchanged: { kind: 'unchanged' },
  modified: { kind: 'modified', path: ['system'] },
  partial: { kind: 'partial', found: ['system'], missing: ['interfaces', 'ae0'] },
  unreadable: { kind: 'unreadable', path: ['system'], why: 'line 1' },
} satisfies Readonly<Record<Presence['kind'], Presence>>;

const created = (id = 'g') => plannedMember(id, [CREATION, CREATION]);
const routersThat = (one: Shown, other: Shown) => [
  seenRouter(ROUTER_IDS[0], one),
  seenRouter(ROUTER_IDS[1], other),
];
/** A router that shows one of the presences, put there under reservation `by`. */
const shows = (kind: Presence['kind'], by?: string): Shown => ({
  presence: () => PRESENCES[kind],
  appliedBy: by,
});
const reason = ({ disputed }: Recognized) => [...disputed.values()].map(({ message }) => message)[0];

describe('what no record explains', () => {
  /** What the routers show, and what becomes of a creation. */
  const cases: readonly (readonly [Shown, Shown, 'taken back' | 'disputed' | 'nothing'])[] = [
    [shows('after', 'r.1'), shows('after', 'r.2'), 'taken back'],
    [shows('after', 'r.1'), shows('unchanged'), 'taken back'],
    [shows('after', 'r.1'), shows('after'), 'disputed'],
    [shows('after'), shows('after'), 'disputed'],
    [shows('after', 'r.1'), shows('before'), 'disputed'],
    [shows('after'), shows('before'), 'disputed'],
    [shows('modified', 'r.1'), shows('before'), 'disputed'],
    [shows('modified'), shows('before'), 'nothing'],
    [shows('before', 'r.1'), shows('before', 'r.1'), 'nothing'],
  ];
  for (const [one, other, expected] of cases)
    for (const shown of [
      [one, other],
      [other, one],
    ] as const) {
      const seen = shown.map(({ presence, appliedBy }) => {
        const { kind } = presence?.({} as never) ?? { kind: '' };
        return appliedBy === undefined ? kind : `${kind} by ${appliedBy}`;
      });
      it(`is ${expected} where the routers show ${seen.join(', ')}`, async () => {
        const planned = created();
        const { members, disputed } = await recognize(routersThat(...shown), [planned], DEFAULT_POLICY);
        const found = disputed.has(planned)
          ? 'disputed'
          : members.includes(planned)
            ? 'taken back'
            : 'nothing';
        assert.equal(found, expected);
      });
    }

  it('is taken back whole, but never disputed, if it is an update: its plan says what stands', async () => {
    for (const changes of [
      [UPDATE, UPDATE],
      [CREATION, UPDATE],
    ] as const) {
      const planned = plannedMember('g', changes);
      const whole = routersThat(shows('after', 'r.1'), shows('after', 'r.1'));
      assert.deepEqual((await recognize(whole, [planned], DEFAULT_POLICY)).members, [planned]);
      const half = routersThat(shows('after', 'r.1'), shows('before'));
      const { members, disputed } = await recognize(half, [planned], DEFAULT_POLICY);
      assert.deepEqual([members, disputed.size], [[], 0]);
    }
    // Where both ends are the same on both routers, nobody has put anything there.
    const same = routersThat(shows('unchanged'), shows('unchanged'));
    const found = await recognize(same, [plannedMember('g', [UPDATE, UPDATE])], DEFAULT_POLICY);
    assert.deepEqual([found.members, found.disputed.size], [[], 0]);
  });

  it('is told of each router, with the reservation of the commit that put it there', async () => {
    const told = async (one: Shown, other: Shown) => {
      const found = await recognize(routersThat(one, other), [created()], DEFAULT_POLICY);
      assert.equal([...found.disputed.values()][0]?.type, FAILURES.Conflict);
      return reason(found)?.replace(/^etcd has no record of what stands on the routers: /, '');
    };
    const rest = '; nothing was touched, and the claims stay';
    const byNobody = '(no commit of gateway-saga in its history put it there)';
    const by = '(put there under reservation r.1)';
    const half = `MX-2 carries it whole ${byNobody}${rest}`;
    assert.equal(await told(shows('before'), shows('after')), `MX-1 carries nothing of it; ${half}`);
    assert.equal(await told(shows('absent'), shows('after')), `MX-1 carries nothing of it; ${half}`);
    assert.equal(
      await told(shows('unchanged'), shows('after')),
      `MX-1 carries it whole ${byNobody}; ${half}`,
    );
    assert.equal(
      await told(shows('modified', 'r.1'), shows('after')),
      `MX-1 carries it with "system" changed ${by}; ${half}`,
    );
    assert.equal(
      await told(shows('partial', 'r.1'), shows('after')),
      `MX-1 carries it without "interfaces ae0" ${by}; ${half}`,
    );
    assert.equal(
      await told(shows('unreadable'), shows('after')),
      `MX-1: "system" can't be read (line 1) ${byNobody}; ${half}`,
    );
    // The routers come in the order of their names, however they are locked.
    const locked = routersThat(shows('before'), shows('after')).reverse();
    assert.match(reason(await recognize(locked, [created()], DEFAULT_POLICY)) ?? '', /: MX-1 .*; MX-2 /);
  });

  it('is left to the records if one of the routers has one of it', async () => {
    const planned = created();
    const { gateway, run } = planned.member;
    const reservation = { members: [{ gateway, run }] } as never;
    const newer = { gateway: { ...gateway, version: 2 } } as never;
    const stranger = { gateway: { ...gateway, resourceId: 'h' } } as never;
    const found = async (record: Shown['record'], one = planned) => {
      const routers = routersThat({ ...shows('after', 'r.1'), record }, shows('after', 'r.1'));
      return (await recognize(routers, [one], DEFAULT_POLICY)).members.length;
    };
    assert.equal(await found({ owedChanges: [stranger] }), 1);
    assert.equal(await found({ owedChanges: [stranger, newer] }), 0);
    assert.equal(await found({ reservation }), 0);
    assert.equal(await found({}, { ...planned, kept: true }), 0);
  });
});

/** A trial of these gateways that lasts for `leftMs`. */
function trialOf(ids: readonly string[], leftMs: number, count = ids.length): UnrecordedTrial {
  return {
    reservation: 'lost.1',
    did: 'applied',
    until: Date.now() + leftMs,
    whose: 'somebody',
    count,
    gateways: [],
    names: ({ resourceId }) => ids.includes(resourceId),
    deletes: () => false,
  };
}

const NEEDED_MS = verdictTime(DEFAULT_POLICY) + DEFAULT_POLICY.confirmMarginMs;
const ENOUGH_MS = NEEDED_MS + 10_000;

describe('a trial under a lost reservation', () => {
  it('is confirmed by a batch that has all its gateways, if there is time to see them working', () => {
    const [g, h] = [created('g'), created('h')];
    const may = (trial: UnrecordedTrial, ...batch: readonly PlannedMember[]) =>
      mayTakeOver(trial, batch, DEFAULT_POLICY);
    assert.equal(may(trialOf(['g', 'h'], ENOUGH_MS), g, h), true);
    assert.equal(may(trialOf(['g'], ENOUGH_MS), g, h), true);
    assert.equal(may(trialOf(['g', 'h'], ENOUGH_MS), g), false);
    assert.equal(may(trialOf(['g'], ENOUGH_MS, 2), g, h), false, 'the line has no room for one of them');
    assert.equal(may(trialOf([], ENOUGH_MS), g), false, 'nobody knows what it holds');
    assert.equal(may(trialOf(['g'], NEEDED_MS - 1_000), g), false);
    assert.equal(may(trialOf(['g'], NEEDED_MS + 5_000), g), true);
  });

  const whole = (unrecorded: UnrecordedTrial | undefined, pending?: Shown['pending']): Shown => ({
    ...shows('after', 'lost.1'),
    unrecorded,
    ...(pending && { pending }),
  });
  const FOREIGN = { kind: 'foreign', whose: 'somebody' } as const;

  it('is told for the router that carries the members by it, and for no other one', async () => {
    const trial = trialOf(['g'], ENOUGH_MS);
    const routers = routersThat(whole(trial), whole(undefined));
    const { trials } = await recognize(routers, [created()], DEFAULT_POLICY);
    assert.deepEqual([...trials], [['id-1', trial]]);
    const both = await recognize(routers, [created('g'), created('h')], DEFAULT_POLICY);
    assert.deepEqual([...both.trials], [['id-1', trial]], 'the other one is permanent');
    // A trial that is over, and holds nothing of these members, is of no concern.
    const over = routersThat(whole(trialOf(['x'], ENOUGH_MS)), whole(undefined));
    assert.equal((await recognize(over, [created()], DEFAULT_POLICY)).trials.size, 0);
  });

  it('costs no look at timers where there is none', async () => {
    const asked: string[] = [];
    const routers = ROUTER_IDS.map((id) => seenRouter(id, shows('after', 'r.1'), asked));
    const { members } = await recognize(routers, [created()], DEFAULT_POLICY);
    assert.deepEqual([members.length, asked], [1, []]);
  });

  it('is waited for if it is pending and is not the members’ own, or leaves no time', async () => {
    const refused = { name: 'NotNowError', message: /a confirmed commit by somebody is pending/ };
    for (const [trial, pending] of [
      [trialOf(['x'], ENOUGH_MS), FOREIGN],
      [trialOf(['g', 'x'], ENOUGH_MS), undefined],
      [trialOf(['g'], NEEDED_MS - 1_000), undefined],
    ] as const) {
      const routers = routersThat(whole(trial, pending), whole(undefined));
      await assert.rejects(recognize(routers, [created()], DEFAULT_POLICY), refused);
    }
  });
});

describe('what was recognized', () => {
  const fence = { reservation: 'r.9', routers: [...ROUTER_IDS], token: 3 } as const;
  let calls: unknown[];
  beforeEach(() => (calls = []));
  const storeThat = (isCurrent: boolean) =>
    ({
      permitCommit: async (_: unknown, ids: unknown, members: unknown, __: unknown, options: unknown) =>
        calls.push(['permit', ids, members, options]) > 0,
      markDisputed: async (_: unknown, members: unknown, isDisputed: unknown) => {
        calls.push([isDisputed, members]);
        return isCurrent;
      },
    }) as unknown as Store;
  const dispute = (one: PlannedMember) => new Map([[one, new Error('disputed') as never]]);
  const [g, h] = [created('g'), created('h')];
  const was = { ...h, plan: { ...h.plan, disputed: true } };

  it('is permitted on both routers, under the reservations of its trials, too', async () => {
    const trials = new Map([['id-2', trialOf(['g'], ENOUGH_MS)]]);
    await recordRecognized(storeThat(true), fence, [g], { members: [g], disputed: new Map(), trials });
    assert.deepEqual(calls, [['permit', ROUTER_IDS, [g.member], { takenOver: ['lost.1'] }]]);
  });

  it('is written down as disputed, or as disputed no longer, where that is new', async () => {
    const none = { members: [], trials: new Map() };
    await recordRecognized(storeThat(true), fence, [g, was], { ...none, disputed: dispute(g) });
    assert.deepEqual(calls, [
      [true, [g.member]],
      [false, [was.member]],
    ]);
    calls = [];
    await recordRecognized(storeThat(true), fence, [g, was], { ...none, disputed: dispute(was) });
    assert.deepEqual(calls, [], 'the records say so already');
  });

  it('counts no more once another attempt has the token', async () => {
    const found = { members: [], disputed: dispute(g), trials: new Map() };
    await assert.rejects(recordRecognized(storeThat(false), fence, [g], found), { name: 'OvertakenError' });
  });
});
