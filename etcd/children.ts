/**
 * The children of a gateway: the gateways whose parameters are read through it. Each registration of a child writes two keys for each parent. One key says
 * that the child refers to the parent; it stays as long as the child has a plan record. The other key says that the child has a change under way; it stays
 * until that change has an outcome. The keys are an index: what counts is the child's plan record and its `/state`. If a parent finds a key that these two
 * no longer support, it removes the key. The key itself names the child, so a value that can't be read hides nobody.
 */
import type { Awaited } from '../gateway/outcomes.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { claimValue } from './claims.ts';
import type { Entry, EtcdClient, RangeTransaction } from './client.ts';
import { StoreCorruptError } from './errors.ts';
import { KEYS, gatewaysOfKey } from './keys.ts';
import { awaitedOf, isUnderWay, relativeKeys, relativeOf, phaseOf } from './parents.ts';
import type { Relative } from './parents.ts';
import type { PlanRecord } from './plan-record.ts';
import { under } from './requests.ts';

type Child = Pick<PlanRecord, 'gateway' | 'parents'>;

/** What the registration of a child writes: both keys under each parent. */
export function childPuts({ gateway, parents = [] }: Child): RangeTransaction['put'] {
  return parents.flatMap((parent) =>
    [KEYS.referrer(parent, gateway), KEYS.changing(parent, gateway)].map((key) => ({
      key,
      value: claimValue(gateway),
    })),
  );
}

/** The keys that are removed once the child's change has an outcome. */
export function changingKeys({ gateway, parents = [] }: Child): readonly string[] {
  return parents.map((parent) => KEYS.changing(parent, gateway));
}

/** The keys that are removed together with the child's plan record. */
export function childKeys({ gateway, parents = [] }: Child): readonly string[] {
  return [...changingKeys({ gateway, parents }), ...parents.map((parent) => KEYS.referrer(parent, gateway))];
}

/**
 * The range that a parent reads together with its own records before it changes: for a deletion the keys of all its children, otherwise those of the
 * children with a change under way.
 */
export function childRanges(parent: GatewayRef, isDeletion: boolean) {
  // One key is enough to see whether there are any children. If there are, `childrenOf` reads all of them, page by page.
  return [{ ...under(isDeletion ? KEYS.referrer(parent) : KEYS.changing(parent)), limit: 1 }];
}

export type ChildrenFound =
  /** None is in the way. */
  | { readonly kind: 'none' }
  /** `child`: the one to wait for. `jobs`: ids of its jobs and of those of the other children with a change under way, up to `MOST_JOBS` of these. */
  | {
      readonly kind: 'waits';
      readonly for: Awaited;
      readonly child: Relative;
      readonly jobs: readonly string[];
    }
  /** Children that nobody is deleting. `some`: the first of them; `count`: how many there are. */
  | {
      readonly kind: 'children';
      readonly some: readonly Pick<Awaited, 'gateway' | 'name'>[];
      readonly count: number;
    };

/** How many children a refusal names. */
const NAMED = 5;
/** How many children are read in one request, with three records of each. */
const PAGE = 40;
/**
 * How many jobs of other children the parent's first job depends on. Readers of jobs see in them what the parent waits for; the parent itself waits for one
 * child at a time. All jobs of ten thousand children would be more than etcd takes in a request, 1.5 MB.
 */
const MOST_JOBS = 1_000;

/**
 * Looks at all children of a parent that is to be deleted; otherwise at the children with a change under way. If the parent has to wait for several
 * children, it waits for the last one that was read: children end in any order, so by then about half of the others have ended, too.
 * Throws a `StoreCorruptError` for a key that names no child.
 */
export async function childrenOf(
  client: EtcdClient,
  operation: string,
  parent: GatewayRef,
  isDeletion: boolean,
): Promise<ChildrenFound> {
  const some: Pick<Awaited, 'gateway' | 'name'>[] = [];
  let count = 0;
  let last: { readonly child: Relative; readonly for: Awaited } | undefined;
  const jobs: string[] = [];
  const prefix = isDeletion ? KEYS.referrer(parent) : KEYS.changing(parent);
  for await (const { entries } of client.pages(operation, prefix, undefined, PAGE)) {
    if (entries.length === 0) continue;
    const refs = entries.map((entry) => [entry, childIn(entry)] as const);
    const found = await client.look(
      operation,
      refs.flatMap(([, ref]) => relativeKeys(ref)),
      [],
    );
    for (const [entry, ref] of refs) {
      const child = relativeOf(ref, found);
      if (isUnderWay(child) && refersTo(child, parent)) {
        last = { child, for: awaitedOf(child, phaseOf(child.record)) };
        jobs.push(...child.record.jobs);
      } else if (!isDeletion || !refersTo(child, parent)) {
        // Nothing supports the key any more. If the child registers again meanwhile, this write does nothing, and the key stays.
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
  if (last === undefined) return { kind: 'none' };
  const own = isUnderWay(last.child) ? last.child.record.jobs : [];
  const others = jobs.filter((id) => !own.includes(id)).slice(0, MOST_JOBS);
  return { kind: 'waits', ...last, jobs: [...others, ...own] };
}

function childIn({ key }: Entry): GatewayRef {
  const found = gatewaysOfKey(key);
  if (found === undefined)
    throw new StoreCorruptError(key, 'expected a key that ends with <type>:<id> of a child');
  return found.other;
}

function refersTo({ record }: Relative, parent: GatewayRef): boolean {
  return record?.parents?.some((one) => isSameGateway(one, parent)) === true;
}
