/** Left-overs. */
import { adds, atTheEnd, inserted, writes, writesAgain } from '../spoil.ts';
import type { Spoilt } from '../spoil.ts';

export const clean: readonly Spoilt[] = [
  ['a lock', atTheEnd(0, () => ({ lock: { user: 'esi', session: 9 } })), /session 9/],
  [
    'a pending commit',
    atTheEnd(1, () => ({ pending: { user: 'esi', log: 'reservation 1', until: 5 } })),
    /reservation 1/,
  ],
  ['an orphaned session', atTheEnd(0, () => ({ sessions: [{ id: 77, user: 'esi' }] })), /sessions 77/],
  [
    'edits in the candidate',
    (evidence) =>
      adds((at) => ({ at, kind: 'edited', user: 'esi', session: 7, locked: true }))(
        atTheEnd(0, ({ candidate }) => ({ candidate: inserted('ae9 { description left; }')(candidate) }))(
          evidence,
        ),
      ),
    /differs/,
  ],
  ['a reservation that has not ended', writesAgain('/gateway-saga/routers/', 0, (value) => value), /"id"/],
  [
    'a claim of what is not there',
    writes(
      `/gateway-saga/claims/r/interfaces ae0 unit 1027`,
      JSON.stringify({ resourceType: 'vpn_gateway', resourceId: 'x' }),
    ),
    /unit 1027/,
  ],
  [
    'a claim that is missing',
    (evidence) => {
      const key = evidence.writes.find(
        (one) => one.key.endsWith('unit 1025') && one.key.includes('claims'),
      )?.key;
      return writes(key ?? '', null)(evidence);
    },
    /none/,
  ],
  [
    'a plan record of what is not there',
    writesAgain('/gateway-saga/plans/vpn_gateways/<1027>', 0, (value) => value),
    /one of version 1/,
  ],
  [
    'a claim given up while its change is owed',
    (evidence) => {
      const claim = evidence.writes.find(
        ({ key }) => key.includes('/claims/') && key.endsWith('ae0 unit 1027'),
      )?.key;
      const [, , , routerId = ''] = (claim ?? '').split('/');
      const owedChange = `/gateway-saga/owed-changes/${routerId}/vpn_gateways/<1027>/1:d`;
      const value = JSON.stringify({ change: { before: { owns: [['interfaces', 'ae0', 'unit', '1027']] } } });
      return writes(claim ?? '', null)(writes(owedChange, value)(evidence));
    },
    /unit 1027 given up/,
  ],
  [
    'a claim given up while a reservation permits its gateway',
    (evidence) => {
      const claim = evidence.writes.find(
        ({ key }) => key.includes('/claims/') && key.endsWith('ae0 unit 1025'),
      );
      const [, , , routerId = ''] = claim?.key.split('/') ?? [];
      const gateway = JSON.parse(claim?.value ?? '') as object;
      const reservation = { id: '1', members: [{ gateway, run: 'run-1' }] };
      const router = `/gateway-saga/routers/${routerId}`;
      const ended = writes(router, JSON.stringify({ reservation: null }));
      return ended(writes(claim?.key ?? '', null)(writes(router, JSON.stringify({ reservation }))(evidence)));
    },
    /unit 1025 given up/,
  ],
];
