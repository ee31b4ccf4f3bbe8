/** The writes of the pair's store, each with how to call it and what it answers. */
import assert from 'node:assert/strict';
import type { Store } from '../../etcd/store.ts';
import type { OwedChange, PermittedMember } from '../../pair/router-record.ts';
import { SINCE } from './reservation-fixture.ts';
import type { requestOf } from './reservation-fixture.ts';

export interface Scene {
  readonly store: Store;
  readonly routers: readonly [string, string];
  readonly request: ReturnType<typeof requestOf>;
  readonly fence: ReturnType<typeof requestOf> & { readonly token: number };
  readonly members: readonly PermittedMember[];
  readonly owedChange: OwedChange;
}

export interface Operation {
  readonly name: string;
  /** Text that only this operation's write carries. */
  readonly marker: (scene: Scene) => string;
  readonly before: readonly ((scene: Scene) => Promise<unknown>)[];
  readonly call: (scene: Scene) => Promise<unknown>;
  readonly expected: (scene: Scene, outcome: unknown) => unknown;
  /** How many writes there are in all when the first one's answer is lost. */
  readonly writes?: number;
}

export const reserve = ({ store, request }: Scene) => store.reserve(request);
export const issue = ({ store, request, routers }: Scene) =>
  store.issueToken(request, { [routers[0]]: 'session-1' });
export const permit = ({ store, fence, routers, members }: Scene) =>
  store.permitCommit(fence, routers, members, SINCE);
export const owe = ({ store, fence, routers, owedChange }: Scene) =>
  store.addOwedChanges(fence, routers[0], [owedChange]);
const hold = ({ store, routers }: Scene) =>
  store.beginMaintenance(routers[0], { reason: 'line card', since: SINCE });
const retire = ({ store, routers }: Scene) =>
  store.retireRouter(routers[0], { reason: 'burnt', by: 'alice@jump', since: SINCE });
const isTrue = (_: Scene, outcome: unknown) => assert.equal(outcome, true);

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'reserve',
    marker: ({ request }) => `"id":"${request.reservation}"`,
    before: [],
    call: reserve,
    expected: (_, outcome) => assert.equal((outcome as { kind: string }).kind, 'reserved'),
  },
  {
    name: 'issueToken',
    marker: () => 'session-1',
    before: [reserve],
    call: issue,
    expected: (_, outcome) => assert.equal((outcome as { kind: string }).kind, 'issued'),
    // A token whose issue was not answered belongs to no attempt, so the next token is issued.
    writes: 2,
  },
  {
    name: 'permitCommit',
    marker: ({ members }) => `${members[0]?.run}`,
    before: [reserve, issue],
    call: permit,
    expected: isTrue,
  },
  {
    name: 'markAbsent',
    marker: () => '"members":[],"committedAt":null',
    before: [reserve, issue, permit],
    call: ({ store, fence, routers, members }) =>
      store.markSettled(fence, { finished: { [routers[0]]: members } }),
    expected: isTrue,
  },
  {
    name: 'addOwedChanges',
    marker: () => 'the router was away',
    before: [reserve, issue],
    call: owe,
    expected: isTrue,
  },
  {
    name: 'payOwedChange',
    // Reads name the owed change, too. But only the write carries the router's record.
    marker: ({ request }) => `"id":"${request.reservation}"`,
    before: [reserve, issue, owe],
    call: ({ store, fence, routers, owedChange }) => store.payOwedChange(fence, routers[0], owedChange),
    expected: isTrue,
  },
  {
    name: 'endReservation',
    marker: () => '{"reservation":null,"maintenance":null}',
    before: [reserve, issue, permit],
    call: ({ store, request }) => store.endReservation(request),
    expected: isTrue,
    // A record that is free already is written once more: see "comes to nothing after the reservation has ended".
    writes: 2,
  },
  {
    name: 'beginMaintenance',
    marker: () => 'line card',
    before: [],
    call: hold,
    expected: (_, outcome) =>
      assert.equal((outcome as { maintenance: { reason: string } }).maintenance.reason, 'line card'),
  },
  {
    name: 'endMaintenance',
    marker: () => '{"reservation":null,"maintenance":null}',
    before: [hold],
    call: ({ store, routers }) => store.endMaintenance(routers[0]),
    expected: (_, outcome) => assert.deepEqual(outcome, { reason: 'line card', since: SINCE }),
  },
  {
    name: 'retireRouter',
    marker: () => 'alice@jump',
    before: [hold],
    call: retire,
    expected: (_, outcome) => assert.equal((outcome as { kind: string }).kind, 'retired'),
  },
  {
    name: 'readmitRouter',
    marker: () => '"reason":"line card","since":"2026-01-02T03:04:05.000Z"}}',
    before: [hold, retire],
    call: ({ store, routers }) => store.readmitRouter(routers[0]),
    expected: (_, outcome) => assert.equal((outcome as { by: string }).by, 'alice@jump'),
  },
];
