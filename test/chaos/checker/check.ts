/**
 * Judges what a run has left behind. The checker knows the contract and nothing of the implementation: it imports only the types of the evidence, and
 * describes in its own words what a gateway looks like on its routers.
 */
import type { Evidence } from '../evidence.ts';
import { caseOf } from './case.ts';
import type { Case } from './case.ts';
import { clean } from './clean.ts';
import { evidence } from './evidence.ts';
import { family } from './family.ts';
import { liveness } from './liveness.ts';
import { once } from './once.ts';
import { order } from './order.ts';
import { ownership } from './ownership.ts';
import { pair } from './pair.ts';
import { secrets } from './secrets.ts';
import { state } from './state.ts';
import { twoMasters } from './two-masters.ts';
import type { Invariant, Violation } from './violation.ts';

const CHECKS: Readonly<Record<Invariant, (of: Case) => readonly Violation[]>> = {
  pair,
  state,
  evidence: (of) => [...evidence(of), ...twoMasters(of)],
  ownership: (of) => [...ownership(of), ...family(of)],
  clean,
  order,
  liveness,
  secrets,
  once,
};

/** All that is wrong; an empty list if all nine invariants hold. Throws for evidence that can't be read. */
export function check(found: Evidence): readonly Violation[] {
  const of = caseOf(found);
  return Object.values(CHECKS).flatMap((one) => one(of));
}
