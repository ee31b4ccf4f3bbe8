/** A gateway is never published as `CREATE_COMPLETED` if its routers don't hear each other's VRRP. */
import type { Case } from './case.ts';
import { arrivalOf } from './evidence.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('evidence');
const MOMENT_MS = 100;

/**
 * Two routers that don't hear each other show MASTER and BACKUP only for a while; after that both are master. Two routers that hear each other are
 * never both master, except in the moment in which one tells the other.
 */
export function twoMasters({ gateways, tapes }: Case): readonly Violation[] {
  return gateways.flatMap((gateway) =>
    gateway.states
      .filter(({ word }) => word === 'CREATE_COMPLETED')
      .flatMap(({ write, standing = [] }) => {
        const on = standing.flatMap((expected) => {
          const tape = tapes.find(({ router }) => router.id === expected.routerId);
          return tape === undefined ? [] : [{ tape, expected }];
        });
        // As long as only one router has the next version, the two may not hear each other.
        const next = gateway.registrations.find(({ revision }) => revision > write.revision);
        const from = Math.max(...on.map(({ tape, expected }) => arrivalOf(tape, expected, write.seenAt)));
        const until = next?.seenAt ?? Infinity;
        const [one = [], other = []] = on.map(({ tape, expected }) => mastersOn(tape, expected.unit));
        const both = one.find((a) =>
          other.some((b) => Math.min(a.to, b.to, until) - Math.max(a.from, b.from, from) > MOMENT_MS),
        );
        return both === undefined
          ? []
          : [violation(gateway.name, 'one MASTER of two routers', 'both are', write.seenAt)];
      }),
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** When a unit's group was master. */
function mastersOn(tape: Tape, unit: string | undefined): readonly Span[] {
  const states = tape.router.tape.filter((entry) => entry.kind === 'vrrp' && entry.unit === unit);
  return states.flatMap((entry, index) =>
    entry.kind === 'vrrp' && entry.state === 'master'
      ? [{ from: entry.at, to: states[index + 1]?.at ?? Infinity }]
      : [],
  );
}
