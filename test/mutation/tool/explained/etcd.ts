import type { Survivor } from '../survivors.ts';
import { OPERATION, WRITE } from './reasons.ts';

/** Mutants of `etcd/` that no test has to notice. */
export const ETCD: readonly Survivor[] = [
  { file: 'etcd/reservations.ts', line: "const RESERVE = 'reserve';", why: OPERATION },
  { file: 'etcd/reservations.ts', line: "const END = 'end reservation';", why: OPERATION },
  { file: 'etcd/reservations.ts', line: "kind: 'write',", why: WRITE },
  {
    file: 'etcd/reservations.ts',
    line: 'if (!reservation?.call) return { ...record, reservation: null };',
    put: 'reservation.call',
    why: 'only for the compiler: the caller has looked that there is a reservation',
  },
  { file: 'etcd/free-claims.ts', line: "const OPERATION = 'free claims';", why: OPERATION },
  {
    file: 'etcd/free-claims.ts',
    line: "return { kind: 'write', outcome: true, transaction: { unchanged, put, remove } };",
    why: WRITE,
  },
  { file: 'etcd/owed-changes.ts', line: "'add owed changes',", why: OPERATION },
  { file: 'etcd/owed-changes.ts', line: "'pay owed change',", why: OPERATION },
  { file: 'etcd/owed-changes.ts', line: "kind: 'write',", why: WRITE },
  {
    file: 'etcd/owed-changes.ts',
    line: 'const [key, owedChange] = some[index] ?? [];',
    why: 'only for the compiler: there are as many entries as keys',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'if (key === undefined || owedChange === undefined) return [];',
    why: 'only for the compiler: there are as many entries as keys',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'const owned = new Set(planned.flatMap((change) => ownedBy(change).map(stanzaWord)));',
    why: 'a plan always has what it creates; a plan that only removes can be read, but nobody writes one',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'if (put.length + remove.length === 0) return done(true);',
    put: 'put.length - remove.length',
    why: 'one of the two is always empty',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'function withReservations(owed: OwedChange, { reservations = [] }: OwedChange): OwedChange | undefined {',
    why: 'an owed change of today always names its reservations',
  },
  {
    file: 'etcd/router-record.ts',
    line: "return KEYS.owedChange(routerId, gateway, digest.digest('hex').slice(0, 16));",
    put: "digest.digest('hex')",
    why: 'a longer digest tells changes apart as well',
  },
];
