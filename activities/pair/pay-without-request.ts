/**
 * Owed changes are made although no gateway needs the router ("owed change", T7). A look reserves nothing: it only tries to open a session.
 * So while a router is away, nobody waits for it, and no other pair is kept from the router beside it.
 */
import { cancellationSignal } from '@temporalio/activity';
import { holdText, oneLine } from '../../gateway/display.ts';
import { AUTHENTICATION_ATTEMPTS } from '../../gateway/policies.ts';
import type { RouterOwing } from '../../pair/messages.ts';
import type { OwingLook, PayInput, PayOutcome } from '../../pair/transactions.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import { StoreCorruptError } from '../../etcd/errors.ts';
import type { Store } from '../../etcd/store.ts';
import { NetconfError } from '../../netconf/errors.ts';
import { allSettledOrThrow } from '../all-settled.ts';
import { classified, failureOf, messageOf } from '../classify.ts';
import { withBatchPolicy } from '../dependencies.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { NotNowError, RefusedError } from '../refused.ts';
import { isOfStore, transaction } from '../router/attempt-context.ts';
import type { AttemptContext } from '../router/attempt-context.ts';
import { OvertakenError } from '../router/fence.ts';
import type { Family } from '../router/family.ts';
import { LockedRouter } from '../router/locked-router.ts';
import { withRouterSessions } from '../router/router-sessions.ts';
import type { RouterSession } from '../router/router-sessions.ts';
import { nameOf, targetOf } from '../router/router-target.ts';
import { payOwedChanges } from './pay-owed-changes.ts';
import { readFamilies } from './read-family.ts';
import { wakingPaid } from './wake-paid.ts';

/** Those of the routers that owe something. One whose record can't be read counts as one that owes a change, until somebody mends it. */
export async function owingAmong(
  store: Pick<Store, 'router' | 'snapshot'>,
  routers: readonly [string, string],
): Promise<readonly RouterOwing[]> {
  const found = await Promise.all(
    routers.map(async (id) => {
      const changes = await store.router(id).then(({ owedChanges }) => owedChanges.length, oneIfUnreadable);
      return changes === 0 ? [] : [{ id, name: await nameOf(store, id), changes }];
    }),
  );
  return found.flat();
}

function oneIfUnreadable(error: unknown): number {
  if (error instanceof StoreCorruptError) return 1;
  throw error;
}

export interface OwingLookInput {
  readonly routers: readonly [string, string];
}

export function lookingAtOwedChanges(deps: Dependencies) {
  return ({ routers }: OwingLookInput): Promise<OwingLook> =>
    heartbeating(() => classified(() => lookAtOwedChanges(deps, routers, cancellationSignal())));
}

/** Looks which routers owe something, and tries once to open a session on each of them that is not held for maintenance. */
export async function lookAtOwedChanges(
  deps: Dependencies,
  pair: readonly [string, string],
  signal: AbortSignal,
): Promise<OwingLook> {
  const routers = await owingAmong(deps.store, pair);
  const obstacles = await Promise.all(routers.map((router) => obstacleOn(deps, router, signal)));
  const found = obstacles.filter((obstacle) => obstacle !== null);
  const [first] = found;
  return {
    routers,
    ready: routers.filter((_, index) => obstacles[index] === null).map(({ id }) => id),
    inTheWay: first === undefined ? null : oneLine(first.why),
    isSlow: found.length > 0 && found.every(({ isSlow }) => isSlow),
  };
}

interface Obstacle {
  readonly why: string;
  readonly isSlow: boolean;
}

async function obstacleOn(
  { store, routers }: Dependencies,
  { id, name }: RouterOwing,
  signal: AbortSignal,
): Promise<Obstacle | null> {
  try {
    const { maintenance } = await store.router(id);
    if (maintenance) return { why: holdText(name, maintenance), isSlow: false };
    const { target } = await targetOf(store.snapshot(), id);
    await routers.withSession(target, () => Promise.resolve(), { signal });
    return null;
  } catch (error) {
    if (signal.aborted || isOfStore(error)) throw error;
    return {
      why: `${name}: ${messageOf(error)}`,
      isSlow: !failureOf(error, () => AUTHENTICATION_ATTEMPTS).again,
    };
  }
}

export function paying(deps: Dependencies) {
  return (input: PayInput): Promise<PayOutcome> =>
    transaction((context) => pay(withBatchPolicy(deps, input.policy), context, input));
}

/**
 * Makes what these routers owe. What can't be made now stays owed: the routers are not kept reserved for it. Only if a session is lost in the middle
 * of the work does the attempt fail. The next attempt then looks what became of that work.
 */
export async function pay(deps: Dependencies, context: AttemptContext, input: PayInput): Promise<PayOutcome> {
  return wakingPaid(deps, (waking) => payOnRouters(waking, context, input));
}

function payOnRouters(
  deps: Dependencies,
  context: AttemptContext,
  { reservation, routers, ids }: PayInput,
): Promise<PayOutcome> {
  return withRouterSessions(
    deps,
    context,
    { reservation, routers },
    async ({ fence, sessions, unreachable }) => {
      const away = unreachable.map(({ name, error }) => {
        if (isOfStore(error)) throw error;
        return `${name}: ${messageOf(error)}`;
      });
      const family = await readFamilies(deps.store, [], sessions);
      const left = await allSettledOrThrow(
        sessions.map((session) => payOn(deps, context, fence, { session, family: family(session.id) })),
      );
      return { inTheWay: [...away, ...left].find((why) => why !== null) ?? null };
    },
    { ids },
  );
}

/** Resolves to what is in the way, in words for a person; `null`: the router was looked at. */
async function payOn(
  { store }: Dependencies,
  { signal }: AttemptContext,
  fence: Fence,
  { session, family }: { readonly session: RouterSession; readonly family: Family },
): Promise<string | null> {
  let router: LockedRouter | undefined;
  try {
    router = await LockedRouter.lock(session, session.record.owedChanges, { family });
    await payOwedChanges(store, fence, router);
    return router.look.pending.kind === 'none' ? null : `${session.name} has a commit pending`;
  } catch (error) {
    const isLeft = isOfRouter(error) || (router === undefined && error instanceof NetconfError);
    if (signal.aborted || !isLeft) throw error;
    return messageOf(error);
  } finally {
    await router?.unlock();
  }
}

/** Whether the router, or somebody on it, is in the way. */
function isOfRouter(error: unknown): boolean {
  if (error instanceof OvertakenError) return false;
  return error instanceof NotNowError || error instanceof RefusedError;
}
