import type { PreparationOutcome } from '../activities/saga/planner.ts';
import type { Preparation } from '../activities/saga/preparation.ts';
import { displayNameIn } from '../gateway/display.ts';
import type { Action } from '../gateway/change.ts';
import type { FailureType } from '../gateway/failures.ts';
import type { LoadedKind, Parameter, RouterConfiguration, Value } from '../gateway/kind.ts';
import type { EndedVersion } from '../gateway/plan.ts';
import { ROLES, type GatewayVersion, type Role } from '../gateway/resource.ts';
import { placeholdersIn } from '../junos/placeholders.ts';
import { maskConfiguration, maskSecrets } from './masked-text.ts';
import { differenceOfEnds, isEmpty, type PlanDifference } from './plan-difference.ts';

/** Shown in place of every secret. */
export const MASK = '••••••';

/** A plan that can be shown. Built field by field, so that nothing is shown that is not named here. */
export type MaskedPlan =
  | {
      readonly kind: 'planned';
      readonly gateway: GatewayVersion;
      readonly action: Action;
      /** The version that stands. `null`: none. */
      readonly standing: number | null;
      /** Where the kind was found, its digest, and which templates in etcd were left alone, because gateway-saga did not publish them. */
      readonly templates: Omit<LoadedKind, 'kind'>;
      readonly parameters: {
        readonly provisioning: readonly Parameter[];
        readonly monitoring: readonly Parameter[];
      };
      readonly routers: Readonly<Record<Role, MaskedRouter>>;
    }
  | {
      readonly kind: 'ended';
      readonly gateway: GatewayVersion;
      readonly workerState: string;
      readonly error: string;
    }
  /** This version is permanent on both routers. Only its publication is left to do. */
  | { readonly kind: 'kept'; readonly gateway: GatewayVersion; readonly action: Action }
  /** It is marked for deletion, and nothing of it stands. */
  | { readonly kind: 'nothing'; readonly gateway: GatewayVersion }
  | { readonly kind: 'invalid'; readonly gateway: GatewayVersion; readonly reason: string }
  | { readonly kind: 'refused'; readonly type: FailureType; readonly reason: string };

/** What shall stand on a router; for a deletion, what stands there. */
export interface MaskedRouter extends RouterConfiguration {
  readonly id: string;
  readonly name: string;
  /** What changes against what stands. */
  readonly difference: PlanDifference;
}

/** Whether the plan would change something on a router. */
export function changesRouters(plan: MaskedPlan): boolean {
  return plan.kind === 'planned' && ROLES.some((role) => !isEmpty(plan.routers[role].difference));
}

export function masked(outcome: PreparationOutcome): MaskedPlan {
  switch (outcome.kind) {
    case 'prepared':
      return planned(outcome.preparation);
    case 'ended':
      return ended(outcome.ended);
    default:
      return outcome;
  }
}

function ended({ gateway, workerState, error }: EndedVersion): MaskedPlan {
  return { kind: 'ended', gateway, workerState, error };
}

function planned(preparation: Preparation): MaskedPlan {
  const { gateway, action, standing, kind, provisioning, monitoring } = preparation;
  return {
    kind: 'planned',
    gateway,
    action,
    standing: standing?.version ?? null,
    templates: {
      source: kind.source,
      digest: kind.digest,
      ...(kind.leftAlone && { leftAlone: kind.leftAlone }),
    },
    parameters: { provisioning: provisioning.map(withoutSecret), monitoring: monitoring.map(withoutSecret) },
    routers: { primary: routerOf(preparation, 'primary'), secondary: routerOf(preparation, 'secondary') },
  };
}

function withoutSecret(parameter: Parameter): Parameter {
  const { secret, value } = parameter;
  if (secret) return { ...parameter, value: MASK };
  return { ...parameter, value: isList(value) ? value.map(withoutKeys) : withoutKeys(value) };
}

// TypeScript's own check does not know lists that are read only.
const isList = (value: Parameter['value']): value is readonly Value[] => Array.isArray(value);

/** Only a configuration text may bring a key. A mere name that contains a word such as `key` brings none. */
function withoutKeys(value: Value): Value {
  return typeof value === 'string' && /[;{]/.test(value) ? maskConfiguration(value, MASK) : value;
}

/** A router's part of the plan. Its texts may have secrets of Junos: keys, hashes. Most of them are placeholders already; the rest is masked. */
function routerOf({ routers, changes }: Preparation, role: Role): MaskedRouter {
  const router = routers[role];
  const { before, after } = changes[role];
  const { create, arrange, remove, owns, monitors } = after ?? before ?? NOTHING;
  const { removed, added, moved, unchanged } = differenceOfEnds(changes[role]);
  return {
    id: router.ref.id,
    name: displayNameIn(router) ?? router.ref.id,
    create: withoutSecrets(create),
    arrange: arrange.map(withoutSecrets),
    remove,
    owns,
    monitors,
    difference: {
      removed: removed.map(withoutSecrets),
      added: added.map(withoutSecrets),
      moved: moved.map(withoutSecrets),
      unchanged,
    },
  };
}

function withoutSecrets(text: string): string {
  return maskSecrets(text, placeholdersIn(text), MASK);
}

const NOTHING: RouterConfiguration = { create: '', arrange: [], remove: [], owns: [], monitors: [] };
