import assert from 'node:assert/strict';
import { Rejections } from '../../../activities/pair/conflicts.ts';
import type { PlannedMember, RouterChange } from '../../../activities/pair/members.ts';
import { prepareInTime } from '../../../activities/pair/prepare.ts';
import type { LoadResult } from '../../../activities/router/judge.ts';
import type { LockedRouter } from '../../../activities/router/locked-router.ts';
import { overAfter } from '../../../activities/router/separate.ts';
import { ACTIVITY_TIMES, DEFAULT_POLICY, SEPARATING_TIMES } from '../../../gateway/policies.ts';
import { gatewayChange } from '../router/gateway-change.ts';

const IDS = ['one', 'other'] as const;

describe('preparing both routers, which refuse many members without naming one', () => {
  let now = 0;
  beforeEach(() => (now = 0));

  function planned(count: number): readonly PlannedMember[] {
    return Array.from({ length: count }, (_, index): PlannedMember => {
      const made = gatewayChange(`g${index}`, { after: [`routing-instances g${index}`] });
      const member = { gateway: made.gateway, run: 'run', name: `g${index}` };
      const changes = IDS.map((id): [string, RouterChange] => [id, { ...made, member, role: 'primary' }]);
      const plan = { limits: DEFAULT_POLICY } as unknown as PlannedMember['plan'];
      return { member, changes: new Map(changes), kept: false, plan, state: undefined };
    });
  }

  /** A router that takes this long for a check, and that refuses some of these members. `loaded`: what its candidate holds. */
  function router(id: string, checkMs: number, isBad: (number: number) => boolean) {
    const loaded: RouterChange[] = [];
    const load = (items: readonly RouterChange[]): Promise<LoadResult<RouterChange>> => {
      // Both routers check at the same time.
      if (id === IDS[0]) now += checkMs;
      loaded.splice(0, loaded.length, ...items);
      const isRefused = items.some(({ member }) => isBad(Number(member.name.slice(1))));
      return Promise.resolve(
        isRefused ? { kind: 'unclear', error: new Error('no such filter') } : { kind: 'accepted' },
      );
    };
    const fake = {
      session: { id, name: id, record: { reservation: null } },
      presence: () => ({ kind: 'before' }),
      units: () => Promise.resolve(new Map()),
      discard: () => Promise.resolve(void loaded.splice(0)),
      load,
    };
    return { fake: fake as unknown as LockedRouter, loaded };
  }

  async function prepared(members: readonly PlannedMember[], isBad: (number: number) => boolean) {
    const routers = IDS.map((id) => router(id, 6_000, isBad));
    const rejections = new Rejections();
    const { agreed } = await prepareInTime(
      DEFAULT_POLICY,
      routers.map(({ fake }) => fake),
      members,
      rejections,
      overAfter(SEPARATING_TIMES.membersMs, () => now),
    );
    for (const { loaded } of routers) assert.equal(loaded.length, agreed.length);
    const rejected = members.filter(({ member }) => rejections.of(member) !== undefined);
    const postponed = rejected.filter(({ member }) => rejections.isPostponed(member));
    return { agreed, postponed, refused: rejected.filter((one) => !postponed.includes(one)), rejections };
  }

  it('ends in time, and refuses some of them in each batch until the rest is accepted', async () => {
    const isBad = (number: number) => number % 4 === 0;
    let members = planned(64);
    const applied: PlannedMember[] = [];
    for (let batch = 1; members.length > 0; batch += 1) {
      const began = now;
      const { agreed, postponed, refused } = await prepared(members, isBad);
      assert.ok(now - began + 120_000 < ACTIVITY_TIMES.routers.startToCloseTimeout);
      assert.ok(refused.length > 0 || postponed.length === 0);
      applied.push(...agreed);
      members = postponed;
      assert.ok(batch <= 16, 'too many batches');
    }
    const numbers = applied.map(({ member }) => Number(member.name.slice(1)));
    assert.deepEqual([numbers.length, numbers.filter(isBad)], [48, []]);
  });

  it('applies what both accept, and postpones what was not looked into', async () => {
    const members = planned(64);
    const { agreed, refused, postponed, rejections } = await prepared(members, (number) => number > 0);
    assert.deepEqual(agreed, members.slice(0, 1));
    assert.deepEqual([refused.length > 0, postponed.length > 0], [true, true]);
    assert.match(
      rejections.of(postponed[0]!.member)?.reason ?? '',
      /^(one|other): the time for finding what the router refuses/,
    );
  });
});

describe('preparing both routers', () => {
  const [a, b] = ['a', 'b'].map((id): PlannedMember => {
    const { change, ...made } = gatewayChange(id, { after: [`interfaces ae0 unit ${id}`] });
    const member = { gateway: made.gateway, run: 'run', name: id };
    const monitors = [{ name: id, interface: `ae0.${id}`, counters: [] }];
    const after = change.after && { ...change.after, monitors };
    const of = { ...made, member, change: { ...change, after } };
    const changes = IDS.map((router): [string, RouterChange] => [router, { ...of, role: 'primary' }]);
    const plan = { limits: DEFAULT_POLICY } as unknown as PlannedMember['plan'];
    return { member, changes: new Map(changes), kept: false, plan, state: undefined };
  }) as [PlannedMember, PlannedMember];

  interface Shown {
    /** Members that the router carries already. */
    readonly carried?: readonly PlannedMember[];
    /** Members that it refuses. */
    readonly bad?: readonly PlannedMember[];
    /** Members of whose units it shows nothing that can be read. */
    readonly unread?: readonly PlannedMember[];
  }

  /** `loads`: what was loaded, and how it was checked, in the order of the loads. */
  function router(id: string, { carried = [], bad = [], unread = [] }: Shown) {
    const loads: string[] = [];
    const candidate: string[] = [];
    const has = (some: readonly PlannedMember[], one: RouterChange) =>
      some.some(({ member }) => member === one.member);
    const fake = {
      session: { id, name: id, record: { reservation: null } },
      presence: (one: RouterChange) => ({ kind: has(carried, one) ? 'after' : 'before' }),
      units: async () => {
        const error = { kind: 'unreadable', path: ['interfaces'], why: 'garbled' };
        return new Map(unread.map(({ member: { name } }) => [`ae0.${name}`, error]));
      },
      discard: async () => void candidate.splice(0),
      load: async (items: readonly RouterChange[], how: string) => {
        const names = items.map(({ member }) => member.name);
        loads.push(`${names.join(' ')}: ${how}`);
        candidate.splice(0, candidate.length, ...names);
        const culprits = new Map(items.filter((one) => has(bad, one)).map((one) => [one, new Error('no')]));
        return culprits.size === 0 ? { kind: 'accepted' } : { kind: 'refused', culprits };
      },
    };
    return { fake: fake as unknown as LockedRouter, loads, candidate };
  }

  async function prepared(...shown: readonly [Shown, Shown]) {
    const routers = IDS.map((id, index) => router(id, shown[index] ?? {}));
    const rejections = new Rejections();
    const fakes = routers.map(({ fake }) => fake);
    const { agreed } = await prepareInTime(DEFAULT_POLICY, fakes, [a, b], rejections);
    const reasons = [a, b].map(({ member }) => rejections.of(member)?.reason);
    return {
      agreed,
      reasons,
      loads: routers.map(({ loads }) => loads),
      candidates: routers.map(({ candidate }) => candidate),
    };
  }

  it('checks on every routing engine of each', async () => {
    const { agreed, loads } = await prepared({}, {});
    assert.deepEqual(agreed, [a, b]);
    assert.deepEqual(loads, [['a b: checked on every engine'], ['a b: checked on every engine']]);
  });

  it('loads nothing that a router carries already', async () => {
    const { agreed, candidates } = await prepared({ carried: [a] }, {});
    assert.deepEqual(
      [agreed, candidates],
      [
        [a, b],
        [['b'], ['a', 'b']],
      ],
    );
    const { loads } = await prepared({ carried: [a, b] }, {});
    assert.deepEqual(loads[0], []);
  });

  it('leaves nothing in either candidate of what one of them refuses', async () => {
    const one = await prepared({ bad: [b] }, {});
    assert.deepEqual([one.agreed, one.reasons], [[a], [undefined, 'one: no']]);
    assert.deepEqual(one.candidates, [['a'], ['a']]);
    const all = await prepared({ bad: [a, b] }, {});
    assert.deepEqual([all.agreed, all.reasons], [[], ['one: no', 'one: no']]);
    assert.deepEqual(all.candidates, [[], []]);
  });

  it('loads again without a member of which nobody can tell how long its VRRP takes', async () => {
    const { agreed, reasons, candidates } = await prepared({}, { unread: [b] });
    assert.deepEqual(agreed, [a]);
    assert.deepEqual(reasons, [undefined, `other: "interfaces" can't be read (garbled)`]);
    assert.deepEqual(candidates, [['a'], ['a']]);
  });
});
