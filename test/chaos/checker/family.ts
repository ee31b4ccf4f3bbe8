/** Parents and children: no child is on a router without its parent, and no deletion of a parent is registered while a child stands. */
import { wantedOn } from './case.ts';
import type { Case, OnRouter } from './case.ts';
import type { Gateway } from './gateways.ts';
import { isIn } from './lines.ts';
import { configured } from './records.ts';
import type { Lines, Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('ownership');

interface Bond {
  readonly parent: Gateway;
  readonly child: Gateway;
}

export function family(of: Case): readonly Violation[] {
  return bondsOf(of).flatMap((bond) => [
    ...of.tapes.flatMap((tape) => orphaned(of, tape, bond)),
    ...deletedUnder(bond),
  ]);
}

function bondsOf({ gateways, records }: Case): readonly Bond[] {
  return gateways.flatMap((child) => {
    const [first] = records.history(child.keys.config);
    const body = configured(first?.value)?.body ?? {};
    const id = body['vpn_gw_id'] ?? body['vpn_interface_id'];
    const parent = gateways.find((one) => one.id === id);
    return parent === undefined ? [] : [{ parent, child }];
  });
}

/** No child is on a router without its parent, at any moment: neither in what runs, nor in what is left if the pending commit falls back. */
function orphaned(of: Case, tape: Tape, { parent, child }: Bond): readonly Violation[] {
  const wanted = wantedOn(of, tape.router.id);
  const on = (gateway: Gateway, lines: Lines) =>
    wanted.filter(
      (one) => one.gateway === gateway && one.expected.lines.every((line) => lines.has.has(line)),
    );
  const lies = ({ expected }: OnRouter, around: OnRouter) =>
    expected.stanzas.every((inner) => around.expected.stanzas.some((outer) => isIn(inner, outer)));
  const alone = tape.moments.find(({ running, permanent }) =>
    [running, permanent].some((lines) => {
      const parents = on(parent, lines);
      return on(child, lines).some((one) => !parents.some((around) => lies(one, around)));
    }),
  );
  return alone === undefined
    ? []
    : [violation(child.name, `${parent.name} around it on ${tape.name}`, 'it is alone', alone.at)];
}

function deletedUnder({ parent, child }: Bond): readonly Violation[] {
  return parent.registrations.flatMap(({ action, revision, seenAt }) => {
    const last = child.states.findLast(({ write }) => write.revision < revision);
    return action === 'delete' && last?.stands !== undefined
      ? [
          violation(
            parent.name,
            'deleted after all that lies in it',
            `${child.name} stands by version ${last.stands}`,
            seenAt,
          ),
        ]
      : [];
  });
}
