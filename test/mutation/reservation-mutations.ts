/** Mutations of the pair's reservation in etcd, and of the fence that every write under it has. */
import type { Mutation } from './mutation.ts';

const FENCE = 'etcd/fence.ts';

export const RESERVATION_MUTATIONS: readonly Mutation[] = [
  {
    name: 'the reservation made on one router',
    kind: 'T8',
    file: 'etcd/reservations.ts',
    find: 'put: pair.map((router, index) =>',
    put: 'put: pair.slice(0, 1).map((router, index) =>',
    specs: ['test/etcd/reservations.test.ts'],
  },
  {
    name: "another pair's reservation taken",
    kind: 'T8',
    file: 'etcd/reservations.ts',
    find: 'if (others?.record.reservation) {',
    put: 'if (others?.record.reservation === null) {',
    specs: ['test/etcd/reservations.test.ts'],
    isTypeError: true,
  },
  {
    name: 'a fencing token that voids nothing',
    kind: 'T3',
    file: FENCE,
    find: 'record.reservation?.id === reservation && record.reservation.token === token',
    put: 'record.reservation?.id === reservation && record.reservation.token >= token',
    specs: ['test/etcd/fence.test.ts'],
  },
  {
    name: 'what an attempt remembers taken for what etcd has',
    kind: 'T3',
    file: FENCE,
    find: "return decided.kind === 'write' ? decided : lookNow();",
    put: 'return decided;',
    specs: ['test/etcd/fence-remembered.test.ts'],
  },
  {
    name: 'what an attempt remembers used again after a lost race',
    kind: 'store',
    file: FENCE,
    find: 'const remembered = round === 1 ? lastWritten.get(fence) : undefined;',
    put: 'const remembered = round > 0 ? lastWritten.get(fence) : undefined;',
    specs: ['test/etcd/fence-remembered.test.ts'],
  },
  {
    name: 'a token issued from what was read before a lost race',
    kind: 'store',
    file: FENCE,
    find: 'const isFirst = round === 1 && pair !== undefined;',
    put: 'const isFirst = round > 0 && pair !== undefined;',
    specs: ['test/etcd/fence-remembered.test.ts'],
  },
  {
    name: 'a token refused for what was read before',
    kind: 'store',
    file: FENCE,
    find: "if (!isFirst || decided.kind === 'write') return decided;",
    put: "if (!isFirst || decided.kind !== 'write') return decided;",
    specs: ['test/etcd/fence-remembered.test.ts'],
  },
  {
    name: 'members dropped before the last ones are marked as kept',
    kind: 'T10',
    file: 'etcd/kept.ts',
    find: 'const isLast = index === chunks.length - 1;',
    put: 'const isLast = index === 0;',
    specs: ['test/etcd/kept.test.ts'],
  },
  {
    name: 'a commit that was not permitted',
    kind: 'T3',
    file: 'activities/router/fence.ts',
    find: 'if (!isCurrent) throw',
    put: "if (reservation === '') throw",
    specs: ['test/activities/pair/frozen-workers.test.ts'],
  },
  {
    name: 'members dropped before the rest of a large batch is marked as kept',
    kind: 'T10',
    file: 'etcd/kept.ts',
    find: 'isLast && !plans.isPart ? finished : {}',
    put: 'isLast ? finished : {}',
    specs: ['test/etcd/kept.test.ts'],
  },
];
