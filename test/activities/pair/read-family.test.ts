/** What is read of the parents and the children of a batch. */
import assert from 'node:assert/strict';
import type { PlannedMember, RouterChange } from '../../../activities/pair/members.ts';
import { readFamilies } from '../../../activities/pair/read-family.ts';
import { NO_FAMILY } from '../../../activities/router/family.ts';
import type { HeldClaim } from '../../../etcd/claims-inside.ts';
import { READ_LIMIT } from '../../../etcd/members.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { Store } from '../../../etcd/store.ts';
import { StoreCorruptError } from '../../../etcd/errors.ts';
import type { Change } from '../../../gateway/change.ts';
import type { RouterConfiguration } from '../../../gateway/kind.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';
import type { OwedChange } from '../../../pair/router-record.ts';
import { gatewayChange } from '../router/gateway-change.ts';

const IDS = ['one', 'other'] as const;
const parent = (resourceId: string): GatewayRef => ({ resourceType: 'vpn_gateway', resourceId });

/** A change on both routers, from `before` to `after`: stanzas. */
function planned(
  id: string,
  ends: Parameters<typeof gatewayChange>[1],
  parents?: readonly GatewayRef[],
): PlannedMember {
  const made = gatewayChange(id, ends);
  const member = { gateway: made.gateway, run: 'run', name: id };
  const changes = IDS.map((router): [string, RouterChange] => [router, { ...made, member, role: 'primary' }]);
  const plan = { parents } as unknown as PlannedMember['plan'];
  return { member, changes: new Map(changes), kept: false, plan, state: undefined };
}

function owed(id: string, change: Change, parents?: readonly GatewayRef[]): OwedChange {
  const { gateway } = gatewayChange(id, {});
  return { gateway, role: 'primary', change, since: '', reason: '', ...(parents && { parents }) };
}

/** The plan record of a parent that is kept on these routers. */
function kept(ref: GatewayRef, routers: readonly [string, string] = IDS): PlanRecord {
  const [primary, secondary] = routers.map((id) => ({ id, before: null, after: standing(ref, id) }));
  return {
    gateway: { ...ref, version: 1 },
    routers: { primary, secondary },
    kept: true,
  } as unknown as PlanRecord;
}

function standing({ resourceId }: GatewayRef, router: string): RouterConfiguration | null {
  return gatewayChange('', { after: [`parent ${resourceId} ${router}`] }).change.after;
}

type Plans = Readonly<Record<string, PlanRecord | StoreCorruptError>>;

/** What etcd has, and what it was asked. */
class Records {
  readonly plansRead: (readonly GatewayRef[])[] = [];
  stanzas: readonly string[] = [];
  readonly #plans: Plans;
  readonly #claims: readonly HeldClaim[];

  constructor(plans: Plans = {}, claims: readonly HeldClaim[] = []) {
    this.#plans = plans;
    this.#claims = claims;
  }

  readonly store: Pick<Store, 'plans' | 'claimsInside' | 'snapshot'> = {
    plans: async (gateways) => {
      this.plansRead.push(gateways);
      return gateways.map((ref) => this.#plans[ref.resourceId]);
    },
    claimsInside: async (stanzas) => {
      this.stanzas = stanzas.map(({ routerId, stanza }) => [routerId, ...stanza].join(' '));
      return this.#claims;
    },
    snapshot: () =>
      ({
        read: async ({ id }: { id: string }) =>
          id === 'p' ? { type: 'vpn_gateway', id, body: { id, name: 'Parent P' } } : { kind: 'missing' },
      }) as unknown as ReturnType<Store['snapshot']>,
  };

  families(members: readonly PlannedMember[], owing: Readonly<Record<string, readonly OwedChange[]>> = {}) {
    const routers = IDS.map((id) => ({ id, record: { owedChanges: owing[id] ?? [] } }));
    return readFamilies(this.store, members, routers);
  }
}

describe('the family of a batch', () => {
  const P = parent('p');
  const Q = parent('q');

  it('is what stands of a child’s parents on each router, with the name that the parent’s record has', async () => {
    const records = new Records({ p: kept(P), q: kept(Q) });
    const child = planned('c', { after: ['x c'] }, [P, Q]);
    const families = await records.families([child, planned('alone', { after: ['x a'] })]);
    for (const id of IDS) {
      assert.deepEqual(families(id).parentsOf(child.member.gateway), [
        { gateway: P, name: 'Parent P', standing: standing(P, id) },
        { gateway: Q, name: 'q', standing: standing(Q, id) },
      ]);
      assert.deepEqual(families(id).parentsOf(gatewayChange('alone', {}).gateway), []);
      assert.deepEqual(families(id).parentsOf(parent('stranger')), []);
    }
    assert.deepEqual(families('a third router'), NO_FAMILY);
  });

  it('counts a parent of which nothing stands, or of which nobody can read what does', async () => {
    const { kept: _, ...unsettled } = kept(P);
    const unreadable = new StoreCorruptError('/plans/q', 'spoilt');
    const records = new Records({ p: unsettled as PlanRecord, q: unreadable });
    const child = planned('c', { after: ['x c'] }, [P, Q, parent('gone')]);
    const found = (await records.families([child]))('one').parentsOf(child.member.gateway);
    assert.deepEqual(
      found.map(({ gateway, standing: stands }) => [gateway.resourceId, stands]),
      [
        ['p', null],
        ['q', null],
        ['gone', null],
      ],
    );
  });

  it('has no parent on a router on which that does not stand: there the child’s stanzas lie in nothing', async () => {
    const records = new Records({ p: kept(P, ['elsewhere', 'other']) });
    const child = planned('c', { after: ['x c'] }, [P]);
    const families = await records.families([child]);
    assert.deepEqual(families('one').parentsOf(child.member.gateway), []);
    assert.deepEqual(families('other').parentsOf(child.member.gateway), [
      { gateway: P, name: 'Parent P', standing: standing(P, 'other') },
    ]);
  });

  it('is read for owed changes, too; of a gateway that is in the batch its plan tells the parents', async () => {
    const records = new Records({ p: kept(P), q: kept(Q) });
    const child = planned('c', { after: ['x c'] }, [P]);
    const nothing = { before: null, after: null };
    const owing = { one: [owed('c', nothing, [Q]), owed('d', nothing, [Q]), owed('old', nothing)] };
    const families = await records.families([child], owing);
    const parentsOf = (id: string) =>
      families('one')
        .parentsOf(gatewayChange(id, {}).gateway)
        .map(({ gateway }) => gateway.resourceId);
    assert.deepEqual([parentsOf('c'), parentsOf('d'), parentsOf('old')], [['p'], ['q'], []]);
  });

  it('is read in as few requests as etcd allows, each parent once', async () => {
    const many = Array.from({ length: READ_LIMIT + 1 }, (_, number) => parent(`p${number}`));
    const records = new Records({ [`p${READ_LIMIT}`]: kept(parent(`p${READ_LIMIT}`)) });
    const members = many.map((ref, index) => planned(`c${index}`, { after: [`x c${index}`] }, [ref, P]));
    const families = await records.families(members);
    assert.deepEqual(
      records.plansRead.map(({ length }) => length),
      [READ_LIMIT, 2],
    );
    const read = records.plansRead.flat().map(workflowIdOf);
    assert.deepEqual(read.toSorted(), [...many, P].map(workflowIdOf).toSorted());
    const found = families('one').parentsOf(members.at(-1)!.member.gateway);
    assert.deepEqual(found[0]?.standing, standing(parent(`p${READ_LIMIT}`), 'one'));
  });

  it('needs no plan record where no gateway has a parent', async () => {
    const records = new Records();
    const families = await records.families([planned('a', { after: ['x a'] })]);
    assert.deepEqual([records.plansRead, records.stanzas, families('one')], [[], [], NO_FAMILY]);
  });

  it('has on each router the claims of others inside stanzas that stand there, and inside those that a router owes', async () => {
    const holder = parent('child');
    const claims = IDS.map((routerId) => ({ routerId, stanza: ['x', 'a', routerId], holder }));
    const records = new Records({}, claims);
    const { change } = gatewayChange('o', { before: ['x o'] });
    const families = await records.families(
      [planned('a', { before: ['x a'], after: ['x a', 'y a'] }), planned('new', { after: ['x new'] })],
      { other: [owed('o', change), owed('back', { before: null, after: change.before })] },
    );
    assert.deepEqual(records.stanzas, ['one x a', 'one y a', 'other x a', 'other y a', 'other x o']);
    for (const id of IDS) assert.deepEqual(families(id).claims, [{ stanza: ['x', 'a', id], owner: holder }]);
  });
});
