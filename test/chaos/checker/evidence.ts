/** `CREATE_COMPLETED` only if the routers were polled, and showed that it works, after the commit and before the publication. */
import type { Case } from './case.ts';
import type { Expected } from './expected.ts';
import { registrationOf } from './gateways.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('evidence');
const STATES = { primary: 'master', secondary: 'backup' } as const;

export function evidence({ gateways, tapes }: Case): readonly Violation[] {
  return gateways.flatMap((gateway) =>
    gateway.states
      .filter(({ word }) => word === 'CREATE_COMPLETED')
      .flatMap((published) => {
        const { seenAt } = published.write;
        const expected = registrationOf(gateway.registrations, published)?.expected ?? [];
        return expected.flatMap((one) => {
          const tape = tapes.find(({ router }) => router.id === one.routerId);
          const missing = tape === undefined ? [] : neverApplied(tape, one, seenAt);
          return missing.map((what) =>
            violation(gateway.name, `${what} seen on ${tape?.name} before it is published`, 'never', seenAt),
          );
        });
      }),
  );
}

/** What none of our sessions saw between the commit that brought it and its publication. */
function neverApplied(
  tape: Tape,
  { role, unit, counters, lines }: Expected,
  until: number,
): readonly string[] {
  const carries = tape.moments.map(({ running }) => lines.every((line) => running.has.has(line)));
  const arrived = tape.moments.findLast(
    ({ at }, index) => at <= until && carries[index] === true && carries[index - 1] !== true,
  );
  const from = arrived?.at ?? Infinity;
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
  const speaksVrrp = tape.router.tape.some(
    (entry) => entry.kind === 'vrrp' && entry.unit === unit && entry.state !== 'gone' && entry.at >= from,
  );
  return [
    ...(shown('interface', unit, 'up') ? [] : [`${unit} up`]),
    ...(speaksVrrp && !shown('vrrp', unit, STATES[role]) ? [`${unit} ${STATES[role].toUpperCase()}`] : []),
    ...counters
      .filter((counter) => !shown('counter', counter, 'present'))
      .map((counter) => `counter ${counter}`),
  ];
}
