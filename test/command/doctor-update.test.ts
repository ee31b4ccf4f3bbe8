/** What doctor says of an update that has failed, or that nothing in `/state` tells of. */
import assert from 'node:assert/strict';
import { presenceOf } from '../../activities/router/presence.ts';
import { findingsOf } from '../../command/doctor-findings.ts';
import type { Facts } from '../../command/doctor-findings.ts';
import { recorded } from '../../command/doctor-look.ts';
import { withoutChange } from '../../etcd/plan-record.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { parse } from '../../junos/parse.ts';

const gateway = { resourceType: 'vpn_gateway', resourceId: 'g', version: 2 };
const OWNED = ['interfaces', 'ae0', 'unit', '5'];
const withVlan = (vlan: number) => ({
  create: `interfaces { ae0 { unit 5 { vlan-id ${vlan}; description "a"; } } }\n`,
  arrange: [],
  remove: [`delete ${OWNED.join(' ')}`],
  owns: [OWNED],
  monitors: [],
});
const [V1, V2] = [withVlan(10), withVlan(20)];
const routers = {
  primary: { id: 'A', before: V1, after: V2 },
  secondary: { id: 'B', before: V1, after: V2 },
};
/** Version 1 stands, and the update to version 2 is neither made nor wholly reverted. */
const begun = {
  gateway,
  action: 'update',
  standing: 1,
  mayBeApplied: true,
  routers,
} as unknown as PlanRecord;
const FAILED = { version: 2, workerState: 'MODIFY_FAILED' };
const CREATED = { version: 1, workerState: 'CREATE_COMPLETED' };
const owed = {
  gateway,
  role: 'secondary',
  change: { before: V1, after: V2 },
  since: '2026-01-01T00:00:00Z',
  reason: 'no route to host',
};

interface Scene {
  readonly plan: PlanRecord;
  readonly state: { readonly version: number; readonly workerState: string };
  /** What router A carries, and B; `null`: it can't be looked at. */
  readonly carried: readonly [string, string | null];
  /** B owes the revert. */
  readonly isOwed?: boolean;
}

/** What doctor says of the gateway itself, not of its routers. */
function said({ plan, state, carried, isOwed = false }: Scene): readonly string[] {
  const known = recorded(plan);
  const facts = {
    inventory: {
      plans: [plan],
      states: [{ ...gateway, revision: '9', error: 'x', ...state }],
      claims: new Map(['A', 'B'].map((id) => [`/gateway-saga/claims/${id}/interfaces ae0 unit 5`, gateway])),
      unreadable: [],
      referrers: [],
      changing: [],
      waiting: [],
    },
    lostSecrets: [],
    gateways: [gateway],
    known: () => known,
    textOf: () => 'the gateway',
    running: new Set(),
    routers: carried.map((text, index) => ({
      id: index === 0 ? 'A' : 'B',
      name: `MX-${index + 1}`,
      record: { reservation: null, maintenance: null, owedChanges: index === 1 && isOwed ? [owed] : [] },
      seen: text === null ? 'no route to host' : lookAt(text),
    })),
  } as unknown as Facts;
  return findingsOf(facts)
    .filter(({ unlessRuns }) => unlessRuns !== undefined)
    .map(({ what }) => what);
}

function lookAt(text: string) {
  return {
    pending: { kind: 'none' },
    appliedBy: () => ({}),
    presence: (change: Parameters<typeof presenceOf>[1]) => presenceOf(parse(text), change),
  };
}

describe('gateway-saga doctor, of an update', () => {
  it('tells nobody to put the failed update on the router that was reverted', () => {
    for (const there of [null, V2.create])
      assert.deepEqual(said({ plan: begun, state: FAILED, carried: [V1.create, there], isOwed: true }), []);
  });

  it('compares with what stood, where a failed update left a record in doubt', () => {
    const plan: PlanRecord = { ...begun, mayBeApplied: false, disputed: true };
    assert.deepEqual(said({ plan, state: FAILED, carried: [V1.create, V1.create] }), []);
    assert.deepEqual(said({ plan, state: FAILED, carried: [V1.create, V2.create] }), [
      'the gateway version 2: /state says that it stands, but MX-1 carries it whole; MX-2 carries it with "interfaces ae0 unit 5" changed',
    ]);
  });

  it('finds nothing where the configuration vanished during the change, and the change has ended without /state', () => {
    const reverted: PlanRecord = { ...withoutChange(begun), failed: true };
    const owing: PlanRecord = { ...begun, failed: true };
    const carried = [V1.create, V1.create] as const;
    assert.deepEqual(said({ plan: reverted, state: CREATED, carried }), []);
    assert.deepEqual(said({ plan: owing, state: CREATED, carried: [V1.create, null], isOwed: true }), []);
    assert.deepEqual(said({ plan: withoutChange(begun), state: CREATED, carried }), [
      'the gateway version 2: its run has ended without a /state',
    ]);
  });

  it('compares with the new version once it is made', () => {
    const plan: PlanRecord = { ...begun, kept: true };
    const state = { version: 2, workerState: 'MODIFY_COMPLETED' };
    assert.deepEqual(said({ plan, state, carried: [V2.create, V2.create] }), []);
    assert.equal(said({ plan, state, carried: [V1.create, V2.create] }).length, 1);
  });
});
