/**
 * The gateways whose parameters are read through another one. Each registration of a child writes two keys for each parent: that it refers to the
 * parent, as long as the child has a plan record; and that it has a change under way, until that has an outcome. The keys are an index: what
 * counts is the child's plan record and its `/state`. A key that says more than these is removed by the parent that finds it.
 */
import type { Awaited } from '../gateway/outcomes.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { claimValue, holderOf } from './claims.ts';
import type { Entry, EtcdClient, RangeTransaction } from './client.ts';
import { KEYS } from './keys.ts';
import { awaitedOf, isUnderWay, neighbourKeys, neighbourOf, phaseOf } from './parents.ts';
import type { Neighbour } from './parents.ts';
import type { PlanRecord } from './plan-record.ts';
import { under } from './requests.ts';

type Child = Pick<PlanRecord, 'gateway' | 'parents'>;

/** Of the registration of a child. */
export function childPuts({ gateway, parents = [] }: Child): RangeTransaction['put'] {
  return parents.flatMap((parent) =>
    [KEYS.referrer(parent, gateway), KEYS.changing(parent, gateway)].map((key) => ({
      key,
      value: claimValue(gateway),
    })),
  );
}

/** The keys that go once its change has an outcome. */
export function changingKeys({ gateway, parents = [] }: Child): readonly string[] {
  return parents.map((parent) => KEYS.changing(parent, gateway));
}

/** The keys that go with its plan record. */
export function childKeys({ gateway, parents = [] }: Child): readonly string[] {
  return [...changingKeys({ gateway, parents }), ...parents.map((parent) => KEYS.referrer(parent, gateway))];
}

/** What a parent has to know of its children before it changes: the ranges are read with its own records. */
export function childRanges(parent: GatewayRef, isDeletion: boolean) {
  // One key says whether there are any. If there are, all of them are read page by page afterwards.
  return [{ ...under(isDeletion ? KEYS.referrer(parent) : KEYS.changing(parent)), limit: 1 }];
}

export type ChildrenFound =
  /** None is in the way. */
  | { readonly kind: 'none' }
  /** `jobs`: of all that are under way. */
  | {
      readonly kind: 'waits';
      readonly for: Awaited;
      readonly child: Neighbour;
      readonly jobs: readonly string[];
    }
  /** The first of those that are not to be deleted, and how many there are. */
  | {
      readonly kind: 'children';
      readonly some: readonly Pick<Awaited, 'gateway' | 'name'>[];
      readonly count: number;
    };

/** How many children a refusal names. */
const NAMED = 5;
/** How many are read in one request, three records of each. */
const PAGE = 40;

/**
 * Looks at the children that refer to a parent, or at those that have a change under way. If several must be waited for, it takes the last one:
 * children end in any order, so about half of those that are left have ended when that one has.
 */
export async function childrenOf(
  client: EtcdClient,
  operation: string,
  parent: GatewayRef,
  isDeletion: boolean,
): Promise<ChildrenFound> {
  const some: Pick<Awaited, 'gateway' | 'name'>[] = [];
  let count = 0;
  let last: { readonly child: Neighbour; readonly for: Awaited } | undefined;
  const jobs: string[] = [];
  const prefix = isDeletion ? KEYS.referrer(parent) : KEYS.changing(parent);
  for await (const { entries } of client.pages(operation, prefix, undefined, PAGE)) {
    if (entries.length === 0) continue;
    const refs = entries.map((entry) => [entry, holderOf(entry) as GatewayRef] as const);
    const found = await client.look(
      operation,
      refs.flatMap(([, ref]) => neighbourKeys(ref)),
      [],
    );
    for (const [entry, ref] of refs) {
      const child = neighbourOf(ref, found);
      if (isUnderWay(child) && refersTo(child, parent)) {
        last = { child, for: awaitedOf(child, phaseOf(child.record)) };
        jobs.push(...child.record.jobs);
      } else if (!isDeletion || !refersTo(child, parent)) {
        // The key has been left behind. If the child registers again meanwhile, it stays.
        const unchanged: readonly Entry[] = [entry, ...child.entries];
        await client.write(operation, { unchanged, put: [], remove: [entry.key] });
      } else if (child.isMarked && (child.state?.version ?? -1) < (child.version ?? 0)) {
        last = { child, for: awaitedOf(child, 'to be deleted') };
      } else {
        count += 1;
        const { gateway, name } = child;
        if (some.length < NAMED) some.push({ gateway, ...(name !== undefined && { name }) });
      }
    }
  }
  if (count > 0) return { kind: 'children', some, count };
  return last === undefined ? { kind: 'none' } : { kind: 'waits', ...last, jobs };
}

function refersTo({ record }: Neighbour, parent: GatewayRef): boolean {
  return record?.parents?.some((one) => isSameGateway(one, parent)) === true;
}
