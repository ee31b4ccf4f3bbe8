/** What the records say of a batch's members: which plan is theirs, and whether what a router carries is ours. */
import assert from 'node:assert/strict';
import {
  changesOn,
  hasEnded,
  hasForgottenRun,
  inverse,
  isFinal,
  isOurs,
  isOursOn,
  isPermitted,
  mayBeOurs,
  owedFor,
  readBatch,
  secretsOn,
} from '../../../activities/pair/members.ts';
import type { PlannedMember, RouterChange } from '../../../activities/pair/members.ts';
import type { LockedRouter } from '../../../activities/router/locked-router.ts';
import { StoreCorruptError } from '../../../etcd/errors.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { StateFacts } from '../../../etcd/state.ts';
import type { Store } from '../../../etcd/store.ts';
import { inverseOf } from '../../../gateway/change.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { GatewayVersion } from '../../../gateway/resource.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { OwedChange, PermittedMember, RouterRecord } from '../../../pair/router-record.ts';
import { gatewayChange } from '../router/gateway-change.ts';

const PAIR = ['MX-1', 'MX-2'] as const;
const gateway = { resourceType: 'vpn_gateway', resourceId: 'g', version: 2 };
const member: PairMember = { gateway, run: 'run', name: 'acme' };
const [change, foreign] = [
  gatewayChange('g', { after: ['system'] }).change,
  gatewayChange('h', { after: ['snmp'] }).change,
];

const routers = (primary: string, secondary: string) => ({
  primary: { id: primary, ...change },
  secondary: { id: secondary, ...change },
});
const planRecord = (more: Partial<PlanRecord> = {}) =>
  ({ gateway, run: 'run', action: 'create', routers: routers(...PAIR), ...more }) as PlanRecord;
const stateAt = (version: number, workerState: string): StateFacts => ({
  version,
  revision: '7',
  workerState,
  error: '',
});

/** Reads a batch of one member, whose plan is this one. */
function read(
  plan: PlanRecord | StoreCorruptError | undefined,
  options?: { readonly ofNewerRuns: boolean },
  state?: StateFacts,
) {
  /** The gateway that is asked for is the only one of which there are records. */
  const found =
    <T>(record: T) =>
    async (asked: readonly GatewayVersion[]) =>
      asked.map((one) => (one === gateway ? record : undefined));
  const store = { plans: found(plan), states: found(state) } as unknown as Store;
  return readBatch(store, PAIR, [member], options);
}

async function planned(more: Partial<PlanRecord> = {}, state?: StateFacts): Promise<PlannedMember> {
  const { planned: all } = await read(planRecord(more), undefined, state);
  assert.equal(all.length, 1);
  return all[0] as PlannedMember;
}

const recordWith = (members: readonly PermittedMember[], owedChanges: readonly OwedChange[] = []) =>
  ({ reservation: { members }, owedChanges }) as unknown as RouterRecord;
const NOTHING: RouterRecord = { reservation: null, maintenance: null, owedChanges: [] };
const owedOf = (more: Partial<OwedChange> = {}): OwedChange => ({
  gateway,
  role: 'primary',
  change: inverseOf(change),
  since: '',
  reason: '',
  ...more,
});

describe('the plan of a member', () => {
  it('has the change of each router, with the secrets of its role and what is final', async () => {
    const {
      planned: [one],
      unplanned,
    } = await read(planRecord({ secrets: { secondary: 'sha256:1' } }));
    assert.deepEqual(unplanned, []);
    const shared = { member, gateway, change };
    assert.deepEqual(
      [...(one?.changes ?? [])],
      [
        ['MX-1', { ...shared, role: 'primary', secrets: undefined }],
        ['MX-2', { ...shared, role: 'secondary', secrets: 'sha256:1' }],
      ],
    );
    assert.equal(one?.kept, false);
    const kept = await planned({ kept: true });
    assert.deepEqual([kept.kept, kept.changes.get('MX-1')?.kept], [true, true]);
  });

  it('serves on the same two routers with swapped roles', async () => {
    const {
      planned: [one],
    } = await read(planRecord({ routers: routers('MX-2', 'MX-1') }));
    assert.equal(one?.changes.get('MX-2')?.role, 'primary');
  });

  it('is none where its records are gone, can’t be read, or are of another run, version or pair', async () => {
    for (const [plan, type, reason] of [
      [undefined, FAILURES.RecordsGone, /^its records in etcd are gone$/],
      [new StoreCorruptError('k', 'spoilt\nby hand'), FAILURES.StoreCorrupt, /spoilt by hand/],
      [planRecord({ run: 'newer' }), FAILURES.Superseded, /another run has taken this gateway over/],
      [planRecord({ gateway: { ...gateway, version: 3 } }), FAILURES.Superseded, /another run/],
      [planRecord({ routers: routers('MX-1', 'MX-3') }), FAILURES.Internal, /MX-1, MX-2, got MX-1, MX-3$/],
      [planRecord({ routers: routers('MX-3', 'MX-2') }), FAILURES.Internal, /MX-1, MX-2, got MX-3, MX-2$/],
      [planRecord({ routers: routers('MX-1', 'MX-1') }), FAILURES.Internal, /MX-1, MX-2, got MX-1, MX-1$/],
    ] as const) {
      const { planned: all, unplanned } = await read(plan);
      assert.deepEqual([all, unplanned.map((one) => [one.member, one.type])], [[], [[member, type]]]);
      assert.match(unplanned[0]?.reason ?? '', reason);
    }
  });

  it('of a newer run tells what the older one put there, if the version is the same', async () => {
    const ofNewerRuns = true;
    const newer = await read(planRecord({ run: 'newer', kept: true }), { ofNewerRuns });
    // What the newer run has kept is final for both, but only for its own run does the plan say so.
    assert.deepEqual(
      newer.planned.map(({ kept }) => kept),
      [false],
    );
    const other = await read(planRecord({ gateway: { ...gateway, version: 3 } }), { ofNewerRuns });
    assert.deepEqual(
      other.unplanned.map(({ type }) => type),
      [FAILURES.Superseded],
    );
  });

  it('tells what each router is to carry, and what takes that back', async () => {
    const [one, elsewhere] = [await planned(), { ...(await planned()), changes: new Map() }];
    const own = one.changes.get('MX-2') as RouterChange;
    assert.deepEqual(changesOn([one, elsewhere, one], 'MX-2'), [own, own]);
    assert.deepEqual(inverse(own), { ...own, change: inverseOf(change) });
  });

  it('or /state says that the very version is permanent, and only then it is final', async () => {
    assert.equal(isFinal(await planned()), false);
    assert.equal(isFinal(await planned({ kept: true })), true);
    assert.equal(isFinal(await planned({}, stateAt(2, 'CREATE_COMPLETED'))), true);
    assert.equal(isFinal(await planned({}, stateAt(3, 'CREATE_COMPLETED'))), false);
    assert.equal(isFinal(await planned({}, stateAt(2, 'CREATE_FAILED'))), false);
  });

  it('has ended once /state has its version or a newer one, but not by the failure that it replaces', async () => {
    assert.equal(hasEnded(await planned()), false);
    assert.equal(hasEnded(await planned({}, stateAt(1, 'CREATE_COMPLETED'))), false);
    assert.equal(hasEnded(await planned({}, stateAt(2, 'CREATE_FAILED'))), true);
    assert.equal(hasEnded(await planned({ replaces: '7' }, stateAt(2, 'CREATE_FAILED'))), false);
    assert.equal(hasEnded(await planned({}, stateAt(3, 'CREATE_COMPLETED'))), true);
  });
});

describe('what a router carries of a member', () => {
  it('is ours while the reservation permits this very gateway, version and run (T9)', async () => {
    const one = await planned();
    assert.equal(isOurs(recordWith([{ gateway, run: 'run' }]), one), true);
    assert.equal(isPermitted(NOTHING, member), false);
    for (const left of [
      { gateway, run: 'older' },
      { gateway: { ...gateway, resourceId: 'h' }, run: 'run' },
      { gateway: { ...gateway, version: 1 }, run: 'run' },
    ])
      assert.equal(isOurs(recordWith([left]), one), false);
    const among = [
      { gateway, run: 'older' },
      { gateway, run: 'run' },
    ];
    assert.equal(isOurs(recordWith(among), one), true);
  });

  it('is ours if it was kept', async () => {
    assert.equal(isOurs(NOTHING, await planned({ kept: true })), true);
  });

  it('is ours while the router owes exactly its inverse', async () => {
    const one = await planned();
    assert.deepEqual(owedFor(recordWith([], [owedOf()]), one.changes.get('MX-1') as RouterChange), [
      owedOf(),
    ]);
    assert.equal(isOurs(recordWith([], [owedOf()]), one), true);
    const unlike = { primary: { id: 'MX-1', ...foreign }, secondary: { id: 'MX-2', ...change } };
    assert.equal(isOurs(recordWith([], [owedOf()]), await planned({ routers: unlike })), true);
    for (const other of [
      owedOf({ change }),
      owedOf({ change: inverseOf(foreign) }),
      owedOf({ gateway: { ...gateway, version: 1 } }),
    ])
      assert.equal(isOurs(recordWith([], [other]), one), false);
  });

  it('may be ours if its plan was written again; then a commit that names it tells', async () => {
    const [plain, restored] = [await planned(), await planned({ restored: true })];
    assert.deepEqual([mayBeOurs(NOTHING, plain), mayBeOurs(NOTHING, restored)], [false, true]);
    assert.equal(mayBeOurs(recordWith([{ gateway, run: 'run' }]), plain), true);
    const router = (record: RouterRecord, appliedBy?: string) =>
      ({ session: { record }, look: { appliedBy: () => appliedBy } }) as unknown as LockedRouter;
    assert.equal(isOursOn(router(NOTHING, 'r.1'), restored), true);
    assert.equal(isOursOn(router(NOTHING), restored), false);
    assert.equal(isOursOn(router(NOTHING, 'r.1'), plain), false);
    assert.equal(isOursOn(router(recordWith([{ gateway, run: 'run' }])), plain), true);
  });

  it('is told with the digest of its secrets where it has any', async () => {
    const { changes } = await planned();
    const [one, other] = [...changes.values()] as [RouterChange, RouterChange];
    const without = { ...other, member: { ...member, name: 'without' } };
    const presence = (asked: RouterChange) =>
      asked === one ? { kind: 'after', secrets: 'sha256:1' } : { kind: 'after' };
    const router = { presence } as unknown as LockedRouter;
    assert.deepEqual([...secretsOn(router, [one, without])], [[member, 'sha256:1']]);
  });
});

describe('a run that a pair has forgotten', () => {
  it('is another one of the same gateway under the reservation, and no run of another gateway', () => {
    const forgotten = (...left: readonly PermittedMember[]) => hasForgottenRun(recordWith(left), [member]);
    assert.equal(hasForgottenRun(NOTHING, [member]), false);
    assert.equal(forgotten({ gateway, run: 'run' }), false);
    assert.equal(forgotten({ gateway: { ...gateway, resourceId: 'h' }, run: 'older' }), false);
    assert.equal(forgotten({ gateway, run: 'run' }, { gateway, run: 'older' }), true);
    assert.equal(
      hasForgottenRun(recordWith([{ gateway, run: 'older' }]), [
        { ...member, gateway: { ...gateway, resourceId: 'h' } },
        member,
      ]),
      true,
    );
  });
});
