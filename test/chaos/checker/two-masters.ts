/** `CREATE_COMPLETED` never, if its routers don't hear each other's VRRP. */
import type { Case } from './case.ts';
import { registrationOf } from './gateways.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('evidence');
const MOMENT_MS = 100;

/**
 * Two routers that don't hear each other show MASTER and BACKUP only for a while: then both are master. Two that hear each
 * other never are, but for the moment in which one tells the other.
 */
export function twoMasters({ gateways, tapes }: Case): readonly Violation[] {
  return gateways.flatMap((gateway) =>
    gateway.states
      .filter(({ word }) => word === 'CREATE_COMPLETED')
      .flatMap((published) => {
        const expected = registrationOf(gateway.registrations, published)?.expected ?? [];
        const spans = expected.map(({ routerId, unit }) =>
          mastersOn(
            tapes.find(({ router }) => router.id === routerId),
            unit,
          ),
        );
        const [one = [], other = []] = spans;
        const both = one.find((a) =>
          other.some((b) => Math.min(a.to, b.to) - Math.max(a.from, b.from) > MOMENT_MS),
        );
        return both === undefined
          ? []
          : [violation(gateway.name, 'one MASTER of two routers', 'both are', published.write.seenAt)];
      }),
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** When a unit's group was master. */
function mastersOn(tape: Tape | undefined, unit: string): readonly Span[] {
  const states = (tape?.router.tape ?? []).filter((entry) => entry.kind === 'vrrp' && entry.unit === unit);
  return states.flatMap((entry, index) =>
    entry.kind === 'vrrp' && entry.state === 'master'
      ? [{ from: entry.at, to: states[index + 1]?.at ?? Infinity }]
      : [],
  );
}
