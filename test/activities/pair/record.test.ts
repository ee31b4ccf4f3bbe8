import assert from 'node:assert/strict';
import type { Dependencies } from '../../../activities/dependencies.ts';
import type { PlannedMember } from '../../../activities/pair/members.ts';
import { record, withoutPlan } from '../../../activities/pair/record.ts';
import type { RouterResult } from '../../../activities/pair/record.ts';
import type { Fate } from '../../../activities/pair/settle-plan.ts';
import type { Fence, Settlement } from '../../../etcd/pair-store.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { OwedChange, RouterRecord } from '../../../pair/router-record.ts';
import { configurationOf, plannedMember, ROUTER_IDS, seenRouter } from './seen-routers.ts';

type Call =
  | readonly ['owe', string, readonly OwedChange[]]
  | readonly ['settled', Settlement]
  | readonly ['paid', string, OwedChange];

const AFTER = configurationOf(['ae0.1']);
const CREATION = { before: null, after: AFTER };
const UPDATE = { before: configurationOf(), after: AFTER };
const DELETION = { before: AFTER, after: null };
const created = (id: string) => plannedMember(id, [CREATION, CREATION]);
const KEPT: Fate = { kind: 'kept' };
const REVERTED: Fate = { kind: 'reverted', reason: null };
const fence: Fence = { reservation: 'r.9', routers: [...ROUTER_IDS], token: 3 };

/** The member's run is permitted on a router by this record. */
const permitting = (...planned: readonly PlannedMember[]): Partial<RouterRecord> => {
  const members = planned.map(({ member: { gateway, run } }) => ({ gateway, run }));
  return { reservation: { id: 'r.9', earlier: ['r.8'], members } as never };
};
const owedOf = ({ member: { gateway } }: PlannedMember, change = DELETION): OwedChange => {
  return { gateway, role: 'primary', change, since: '', reason: 'earlier' };
};

/** What was seen on one router. */
const seen = (
  id: string,
  { record: found = {}, ...result }: Partial<RouterResult> & { readonly record?: Partial<RouterRecord> } = {},
): RouterResult => ({
  router: seenRouter(id, { record: found }).session,
  before: new Set(),
  owed: new Set(),
  secrets: new Map(),
  notes: new Map(),
  ...result,
});

describe('what was seen on both routers', () => {
  let calls: Call[];
  beforeEach(() => (calls = []));
  /** `refused`: the call that finds that the token is void. */
  const depsWith = (refused?: Call[0]) => {
    const answer = async (...call: Call) => {
      calls.push(call);
      return call[0] !== refused;
    };
    const store = {
      addOwedChanges: (_: Fence, id: string, owed: readonly OwedChange[]) => answer('owe', id, owed),
      markSettled: (_: Fence, settlement: Settlement) => answer('settled', settlement),
      payOwedChange: (_: Fence, id: string, owed: OwedChange) => answer('paid', id, owed),
    };
    return { store } as unknown as Dependencies;
  };
  const recorded = (
    planned: readonly PlannedMember[],
    fates: readonly Fate[],
    results: readonly RouterResult[],
    refused?: Call[0],
  ) => {
    const byMember = new Map(planned.map(({ member }, index) => [member, fates[index] ?? REVERTED]));
    return record(depsWith(refused), fence, planned, byMember, results);
  };
  const settlement = () => calls.flatMap((call) => (call[0] === 'settled' ? [call[1]] : []))[0];
  const owedOn = (id: string) =>
    calls.flatMap((call) => (call[0] === 'owe' && call[1] === id ? call[2] : []));

  it('is written in this order: what is owed on both, what is settled, what is paid', async () => {
    const [g, h] = [created('g'), created('h')];
    const first = seen('id-1', { before: new Set([g.member]), record: { owedChanges: [owedOf(g)] } });
    await recorded([g, h], [], [first, seen('id-2', { owed: new Set([h.member]) })]);
    assert.deepEqual(
      calls.map(([what, id]) => (what === 'settled' ? what : `${what} ${id}`)),
      ['owe id-1', 'owe id-2', 'settled', 'paid id-1'],
    );
  });

  for (const refused of ['owe', 'settled', 'paid'] as const)
    it(`counts no more, and nothing more is written, if the token is void at "${refused}" (T3)`, async () => {
      const g = created('g');
      const first = seen('id-1', { before: new Set([g.member]), record: { owedChanges: [owedOf(g)] } });
      const overtaken = { name: 'OvertakenError', message: /fencing token 3 is void/ };
      await assert.rejects(recorded([g], [], [first, seen('id-2')], refused), overtaken);
      assert.equal(calls.at(-1)?.[0], refused);
    });

  it('ends the permission of a member where it is absent or owed, and on both where it is kept', async () => {
    const [kept, gone, owing] = [created('kept'), created('gone'), created('owing')];
    const found = await recorded(
      [kept, gone, owing],
      [KEPT],
      [
        seen('id-1', {
          before: new Set([gone.member]),
          record: { owedChanges: [owedOf(gone), owedOf(kept)] },
        }),
        seen('id-2', { owed: new Set([owing.member]), record: { owedChanges: [owedOf(gone)] } }),
      ],
    );
    const { gateway, run } = kept.member;
    assert.deepEqual(settlement(), {
      kept: [{ gateway, run, plan: kept.plan, secrets: undefined, owing: ['id-1'] }],
      finished: { 'id-1': [kept.member, gone.member], 'id-2': [kept.member, owing.member] },
    });
    assert.deepEqual(
      found.map(({ member: { name }, fate: { kind }, owedOn: names }) => [name, kind, names]),
      [
        ['kept', 'kept', []],
        ['gone', 'reverted', []],
        ['owing', 'reverted', ['MX-2']],
      ],
    );
  });

  it('tells with a kept member the forms of its secrets on each router that shows some', async () => {
    const [g, h] = [created('g'), created('h')];
    const secrets = (digest: string) => ({ secrets: new Map([[g.member, digest]]) });
    await recorded([g, h], [KEPT, KEPT], [seen('id-2', secrets('two')), seen('id-1', secrets('one'))]);
    const [ofG, ofH] = settlement()?.kept ?? [];
    assert.deepEqual([ofG?.secrets, ofH?.secrets], [{ primary: 'one', secondary: 'two' }, undefined]);
    calls = [];
    await recorded([g], [KEPT], [seen('id-1'), seen('id-2', secrets('two'))]);
    assert.deepEqual(settlement()?.kept?.[0]?.secrets, { secondary: 'two' });
  });

  it('pays what a router owed of a member, if that router carries nothing of it', async () => {
    const [g, h] = [created('g'), created('h')];
    const record = { owedChanges: [owedOf(g, { before: AFTER, after: AFTER } as never), owedOf(g)] };
    const other = seen('id-2', { record: { owedChanges: [owedOf(h)] } });
    await recorded([g, h], [], [seen('id-1', { before: new Set([g.member]), record }), other]);
    const paid = calls.filter(([what]) => what === 'paid');
    assert.deepEqual(paid, [['paid', 'id-1', owedOf(g)]], 'another change of the gateway stays owed');
  });

  it('owes the inverse of the member’s change, with all that the next reservation needs', async () => {
    const g = created('g');
    const parents = [{ resourceType: 'vpn_gateway', resourceId: 'parent' }];
    const child = { ...g, plan: { ...g.plan, parents } };
    const result = { owed: new Set([g.member]), notes: new Map([[g.member, 'MX-2: away']]) };
    const began = Date.now();
    await recorded(
      [child, created('h')],
      [],
      [seen('id-1'), seen('id-2', { ...result, record: permitting(g) })],
    );
    assert.deepEqual(owedOn('id-1'), []);
    const [one, ...others] = owedOn('id-2');
    assert.ok(one);
    const { since, ...owed } = one;
    const { gateway } = g.member;
    const reservations = ['r.9', 'r.8'];
    const expected = { role: 'secondary', change: DELETION, reason: 'MX-2: away', parents, reservations };
    assert.deepEqual([owed, others], [{ gateway, ...expected }, []]);
    assert.ok(Date.parse(since) >= began && Date.parse(since) <= Date.now());
  });

  it('owes without a reservation what is not on trial under this one, and says if no reason is known', async () => {
    const [g, h] = [created('g'), created('h')];
    await recorded([g], [], [seen('id-1', { owed: new Set([g.member]), record: permitting(h) })]);
    const [{ since: _, ...owed } = {}] = owedOn('id-1');
    const { gateway } = g.member;
    const reason = 'it could not be reverted';
    assert.deepEqual(owed, { gateway, role: 'primary', change: DELETION, reason, reservations: [] });
  });

  it('owes with the forms of secrets that the router shows, or else of the plan if they are of what is to go', async () => {
    const formsOf = async (change: typeof CREATION | typeof UPDATE | typeof DELETION, shown?: string) => {
      const bare = plannedMember('g', [change, change]);
      const changes = [...bare.changes].map(([id, one]) => [id, { ...one, secrets: 'planned' }] as const);
      const planned = { ...bare, changes: new Map(changes) };
      const secrets = new Map(shown === undefined ? [] : [[planned.member, shown]]);
      calls = [];
      await recorded([planned], [], [seen('id-1', { owed: new Set([planned.member]), secrets })]);
      return owedOn('id-1')[0]?.secrets;
    };
    assert.equal(await formsOf(CREATION), 'planned');
    assert.equal(await formsOf(DELETION), 'planned');
    assert.equal(await formsOf(UPDATE), undefined);
    assert.equal(await formsOf(CREATION, 'shown'), 'shown');
    assert.equal(await formsOf(UPDATE, 'shown'), 'shown');
  });

  it('gives each reason once, on one line, to a member that was reverted, and to no other', async () => {
    const [g, kept] = [created('g'), created('kept')];
    const fateWith = async (fate: Fate, ...notes: readonly (string | undefined)[]) => {
      const results = ROUTER_IDS.map((id, index) => {
        const note = notes[index];
        const both = [g.member, kept.member];
        return seen(id, {
          owed: new Set(both.slice(0, notes.length > index ? 2 : 0)),
          notes: new Map(note === undefined ? [] : both.map((member) => [member, note])),
        });
      });
      const [one, other] = await recorded([g, kept], [fate, KEPT], results);
      assert.deepEqual(other?.fate, KEPT);
      return one?.fate;
    };
    const because = (reason: string | null): Fate => ({ kind: 'reverted', reason });
    assert.deepEqual(await fateWith(REVERTED), because(null));
    assert.deepEqual(await fateWith(REVERTED, 'a', 'b'), because('a; b'));
    assert.deepEqual(await fateWith(because('x'), 'a\nb', 'a\nb'), because('x; a b'));
    assert.deepEqual(await fateWith(because('x'), undefined, 'x'), because('x'));
    assert.deepEqual(await fateWith({ kind: 'fell back' }, 'a'), { kind: 'fell back' });
  });

  it('makes a member reverted of which nobody has said what became', async () => {
    const g = created('g');
    const [found] = await record(depsWith(), fence, [g], new Map(), [seen('id-1')]);
    assert.deepEqual(found, { member: g.member, fate: REVERTED, owedOn: [] });
  });
});

describe('members without a plan', () => {
  const g = created('g');
  const refused = { member: g.member, type: FAILURES.RecordsGone, reason: 'gone' };
  const storeWhere = (permitted: string) => ({
    router: async (id: string) => ({ reservation: null, ...(id === permitted && permitting(g)) }),
    snapshot: () => ({
      read: async ({ id }: { id: string }) => ({ version: 1, body: { name: `name of ${id}` } }),
    }),
  });

  it('are owed by the routers on which they are permitted, by name', async () => {
    const deps = { store: storeWhere('id-2') } as unknown as Dependencies;
    const found = await withoutPlan(deps, ROUTER_IDS, [refused]);
    assert.deepEqual(found, [{ member: g.member, reason: 'gone', owedOn: ['name of id-2'] }]);
  });

  it('cost nothing where there are none', async () => {
    assert.deepEqual(await withoutPlan({ store: {} } as unknown as Dependencies, ROUTER_IDS, []), []);
  });
});
