/** `CREATE_COMPLETED` only if the routers were polled, and showed that the gateway works, after the commit and before the publication. */
import type { Case } from './case.ts';
import { registrationOf } from './gateways.ts';
import type { Expected } from './expected.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('evidence');
/** The harness sees writes a little late. */
const LATE_MS = 1000;
const STATES = { primary: 'master', secondary: 'backup' } as const;

export function evidence({ gateways, tapes }: Case): readonly Violation[] {
  return gateways.flatMap((gateway) =>
    gateway.states
      .filter(({ word }) => word === 'CREATE_COMPLETED')
      .flatMap((published) => {
        const { write, standing = [] } = published;
        const { seenAt } = write;
        // What an update leaves as it was has to be seen again.
        const registered = registrationOf(gateway.registrations, published)?.seenAt ?? Infinity;
        return standing.flatMap((one) => {
          const tape = tapes.find(({ router }) => router.id === one.routerId);
          const missing =
            tape === undefined ? [] : neverApplied(tape, one, { from: registered - LATE_MS, until: seenAt });
          return missing.map((what) =>
            violation(gateway.name, `${what} seen on ${tape?.name} before it is published`, 'never', seenAt),
          );
        });
      }),
  );
}

/** When a router last began to carry all statements of `expected`, until `until`. `Infinity`: it never did. */
export function arrivalOf(tape: Tape, { lines }: Expected, until: number): number {
  const carries = tape.moments.map(({ running }) => lines.every((line) => running.has.has(line)));
  const arrived = tape.moments.findLast(
    ({ at }, index) => at <= until && carries[index] === true && carries[index - 1] !== true,
  );
  return arrived?.at ?? Infinity;
}

/**
 * What should have been seen and was not: by any session of ours, after the commit that brought the gateway and after its registration, and before its
 * publication.
 */
function neverApplied(
  tape: Tape,
  expected: Expected,
  { from: registered, until }: { readonly from: number; readonly until: number },
): readonly string[] {
  const { role, unit, counters } = expected;
  const from = Math.max(arrivalOf(tape, expected, until), registered);
  const shown = (what: string, name: string, state: string) =>
    tape.router.tape.some(
      (entry) =>
        entry.kind === 'showed' &&
        entry.at >= from &&
        entry.at <= until &&
        tape.isOurs(entry.user) &&
        entry.what === what &&
        entry.name === name &&
        entry.state === state,
    );
  if (unit === undefined) return [];
  const vrrp = tape.router.tape.filter((entry) => entry.kind === 'vrrp' && entry.unit === unit);
  const speaksVrrp = vrrp.some(
    (entry, index) =>
      entry.kind === 'vrrp' &&
      entry.state !== 'gone' &&
      (entry.at >= from || (vrrp[index + 1]?.at ?? Infinity) > from),
  );
  return [
    ...(shown('interface', unit, 'up') ? [] : [`${unit} up`]),
    ...(speaksVrrp && !shown('vrrp', unit, STATES[role]) ? [`${unit} ${STATES[role].toUpperCase()}`] : []),
    ...counters
      .filter((counter) => !shown('counter', counter, 'present'))
      .map((counter) => `counter ${counter}`),
  ];
}
