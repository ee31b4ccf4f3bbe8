/** A run's evidence as the checks read it. */
import type { Evidence } from '../evidence.ts';
import type { Expected } from './expected.ts';
import { gatewaysOf } from './gateways.ts';
import type { Gateway } from './gateways.ts';
import { isIn } from './lines.ts';
import { Records } from './records.ts';
import { Tape } from './tape.ts';

export interface Case {
  readonly evidence: Evidence;
  readonly records: Records;
  readonly gateways: readonly Gateway[];
  readonly tapes: readonly Tape[];
}

export function caseOf(evidence: Evidence): Case {
  const records = new Records(evidence.writes);
  return {
    evidence,
    records,
    gateways: gatewaysOf(records),
    tapes: evidence.routers.map((router) => new Tape(router)),
  };
}

/** What stands, or was ever wanted, on one router. */
export interface OnRouter {
  readonly gateway: Gateway;
  readonly expected: Expected;
}

export function standingOn({ gateways }: Case, routerId: string): readonly OnRouter[] {
  return gateways.flatMap((gateway) => on(gateway, gateway.standing ?? [], routerId));
}

export function wantedOn({ gateways }: Case, routerId: string): readonly OnRouter[] {
  return gateways.flatMap((gateway) => on(gateway, gateway.wanted.flat(), routerId));
}

function on(gateway: Gateway, expected: readonly Expected[], routerId: string): readonly OnRouter[] {
  return expected.filter((one) => one.routerId === routerId).map((one) => ({ gateway, expected: one }));
}

/** The gateway in whose stanza a statement lies, if there is one. If stanzas lie inside one another, the innermost one counts. */
export function ownerOf(line: string, all: readonly OnRouter[]): OnRouter | undefined {
  let found: { readonly owner: OnRouter; readonly length: number } | undefined;
  for (const owner of all)
    for (const stanza of owner.expected.stanzas)
      if (isIn(line, stanza) && stanza.length > (found?.length ?? 0))
        found = { owner, length: stanza.length };
  return found?.owner;
}
