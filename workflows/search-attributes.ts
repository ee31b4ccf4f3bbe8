/**
 * Search attributes are a convenience. Only those that the namespace has are set: setting one that it lacks would make the workflow task
 * fail again and again.
 */
import { upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import type { Action } from '../gateway/change.ts';
import { SEARCH_ATTRIBUTES } from '../gateway/messages.ts';
import type { Progress } from '../gateway/messages.ts';
import type { Plan } from '../gateway/plan.ts';
import { pairKeyOf } from '../pair/messages.ts';

const { type, id, tenant, version, action, outcome, pair } = SEARCH_ATTRIBUTES;
const KEYS = {
  type: defineSearchAttributeKey(type.name, type.type),
  id: defineSearchAttributeKey(id.name, id.type),
  tenant: defineSearchAttributeKey(tenant.name, tenant.type),
  version: defineSearchAttributeKey(version.name, version.type),
  action: defineSearchAttributeKey(action.name, action.type),
  outcome: defineSearchAttributeKey(outcome.name, outcome.type),
  pair: defineSearchAttributeKey(pair.name, pair.type),
};

/** What can be searched for. Tenant, action and routers are not known if the request led to no plan. */
export interface Searchable extends Pick<Plan, 'searchAttributes'> {
  readonly gateway: Progress['gateway'];
  readonly tenant?: string | null;
  readonly action?: Action;
  readonly routers?: Plan['routers'];
}

/** Sets the attributes that describe the gateway. A saga that was started by the Temporal CLI has none of them yet. */
export function describe(
  { gateway, tenant, action, routers, searchAttributes }: Searchable,
  word: Progress['outcome'] = 'running',
): void {
  upsert(searchAttributes, [
    { key: KEYS.type, value: gateway.resourceType },
    { key: KEYS.id, value: gateway.resourceId },
    ...(gateway.version === null ? [] : [{ key: KEYS.version, value: gateway.version }]),
    ...(typeof tenant === 'string' ? [{ key: KEYS.tenant, value: tenant }] : []),
    ...(action === undefined ? [] : [{ key: KEYS.action, value: action }]),
    ...(routers === undefined
      ? []
      : [{ key: KEYS.pair, value: pairKeyOf([routers.primary.id, routers.secondary.id]) }]),
    { key: KEYS.outcome, value: word },
  ]);
}

/** Sets the attribute that tells how the saga ended. */
export function tellOutcome(existing: readonly string[], word: Progress['outcome']): void {
  upsert(existing, [{ key: KEYS.outcome, value: word }]);
}

function upsert(existing: readonly string[], pairs: readonly SearchAttributeUpdatePair[]): void {
  const known = pairs.filter(({ key }) => existing.includes(key.name));
  if (known.length > 0) upsertSearchAttributes(known);
}
