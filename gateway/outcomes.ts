/** What steps take and give. A step that can't succeed, however often it is tried, fails with one of `FAILURES`. */
import type { Observation, Plan } from './plan.ts';
import type { GatewayVersion, Role } from './resource.ts';

/** What a step is done for: one run's creation of one version. */
export interface StepInput {
  readonly gateway: GatewayVersion;
  readonly run: string;
}

/** Of whatever else is known of the run. */
export function stepOf({ gateway, run }: StepInput): StepInput {
  return { gateway, run };
}

export interface PollInput extends StepInput {
  readonly role: Role;
  /** Id of the edge router. */
  readonly router: string;
}

export interface SeenInput extends StepInput {
  readonly seen: readonly Observation[];
}

export interface PublishFailedInput {
  readonly gateway: GatewayVersion;
  /** `null`: the saga ended before it had a plan. */
  readonly run: string | null;
  /** One line for a person; no secret. */
  readonly error: string;
  /** The jobs stand: the stack's record has to tell of the failure too. */
  readonly registered: boolean;
  /** Neither router carries anything of this gateway: its claims can go. */
  readonly clean: boolean;
}

export type RegisterOutcome =
  /** With the plan as registered: the configuration may have been read again at the same version. */
  | { readonly kind: 'registered'; readonly plan: Plan }
  /** An earlier run for this gateway may have left something on its routers, which has to be removed first. */
  | { readonly kind: 'leftover'; readonly left: Leftover };

/** What an earlier run may have left, on the routers that its own record names: another version may be for others. */
export interface Leftover extends StepInput, Pick<Plan, 'routers'> {}
