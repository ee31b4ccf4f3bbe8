import assert from 'node:assert/strict';
import { rowOf, type Row } from '../../command/list-rows.ts';
import type { ListedGateway } from '../../etcd/listing.ts';

const ref = { resourceType: 'vpn_gateway', resourceId: 'a', name: null } as const;
const read = (version: number): ListedGateway['state'] => ({
  version,
  revision: '7',
  workerState: 'READ_COMPLETE',
  error: '',
});
const plan = (version: number, facts: Partial<NonNullable<ListedGateway['plan']>> = {}) =>
  ({
    version,
    action: 'create',
    isKept: true,
    hasFailed: false,
    isPublished: false,
    standing: null,
    scheduled: 0,
    routers: ['a', 'b'],
    ...facts,
  }) as const;
const wanted = { version: 2, isDeletion: false };

type Told = readonly [version: number | null, action: Row['action'], outcome: Row['outcome']];

const cases: readonly [told: string, gateway: Omit<ListedGateway, keyof typeof ref>, row: Told][] = [
  ['that nobody has asked for', { wanted, state: read(2), plan: null }, [2, 'create', 'not asked']],
  [
    'whose newer version nobody has asked for',
    { wanted, state: read(1), plan: null },
    [2, 'create', 'not asked'],
  ],
  [
    'that is to be deleted',
    { wanted: { version: 2, isDeletion: true }, state: read(2), plan: null },
    [2, 'delete', 'not asked'],
  ],
  ['of which an older version stands', { wanted, state: read(2), plan: plan(1) }, [2, 'update', 'not asked']],
  [
    'of which an older version does not stand',
    { wanted, state: read(2), plan: plan(1, { isKept: false }) },
    [2, 'create', 'not asked'],
  ],
  [
    'that has failed since',
    { wanted, state: read(2), plan: plan(2, { isKept: false, hasFailed: true }) },
    [2, 'create', 'failed'],
  ],
  ['whose configuration is gone', { wanted: null, state: read(2), plan: null }, [null, null, 'unknown']],
];

describe('the row of a gateway of which /state says READ_COMPLETE, from before there was a kind', () => {
  for (const [told, gateway, row] of cases)
    it(`${told}: ${row[2]}`, () => {
      const { version, action, outcome } = rowOf({ ...ref, ...gateway }, undefined);
      assert.deepEqual([version, action, outcome], row);
    });
});

describe('the row of a gateway whose configuration has vanished', () => {
  it('says of a deletion that was made that it is deleted, while a router owes it still', () => {
    const made = plan(2, { action: 'delete', isPublished: true });
    const { version, action, outcome } = rowOf({ ...ref, wanted: null, state: null, plan: made }, undefined);
    assert.deepEqual([version, action, outcome], [2, 'delete', 'deleted']);
  });
});
