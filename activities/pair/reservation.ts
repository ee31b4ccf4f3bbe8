/** Reserving both routers for a pair, and ending the reservation ("one reservation", T8). */
import { activityInfo, getClient, sleep } from '@temporalio/activity';
import { holdText, oneLine } from '../../gateway/display.ts';
import { batchPolicyOf } from '../../gateway/policies.ts';
import { ROUTER_PAIR, wakingPair } from '../../pair/messages.ts';
import type { RouterOwing } from '../../pair/messages.ts';
import type { ReserveInput, ReserveOutcome } from '../../pair/transactions.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { corrupt } from '../../etcd/errors.ts';
import type { ReservedOutcome } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { isRunning } from '../executions.ts';
import { heartbeating } from '../heartbeat.ts';
import { serverClock } from '../server-clock.ts';
import { OvertakenError } from '../router/fence.ts';
import { nameOf, namesOfPair } from '../router/router-target.ts';
import { retiredWords } from '../router/retired.ts';
import { owingAmong } from './pay-without-request.ts';

/** What holds a router that can't be reserved, as metrics call it. */
const HOLDERS = { retired: 'retired', maintenance: 'maintenance hold', busy: 'another pair' } as const;

/**
 * Reserves both routers. If something is in the way, resolves to the reason: at once if the reason differs from `known`, otherwise after a
 * while.
 */
export function reserving({ store, policy, meter }: Dependencies) {
  return ({ pair, routers, reservation, known, needs, asksForLeft }: ReserveInput): Promise<ReserveOutcome> =>
    heartbeating(() =>
      classified(async () => {
        const info = activityInfo();
        const { scheduledTimestampMs: scheduled, attempt } = info;
        const now = serverClock(info);
        const until = now() + PAIR_TIMES.reservationWaitMs;
        const call = { scheduled, attempt };
        const names = new Map<string, string>();
        const name = async (id: string): Promise<string> => {
          const found = names.get(id) ?? (await nameOf(store, id));
          names.set(id, found);
          return found;
        };
        for (;;) {
          const since = new Date(now()).toISOString();
          // A record that can't be read blocks the reservation like a maintenance hold, until somebody has mended the record.
          const outcome = await store
            .reserve({ pair, routers, reservation, since, call, ...(needs && { needs }) })
            .catch((error: unknown) => ({ kind: 'unreadable', why: corrupt(error).message }) as const);
          if (outcome.kind === 'reserved') {
            const { leftover, paysOnly } = outcome;
            const limited = paysOnly && { paysOnly };
            return { kind: 'reserved', leftover, policy: batchPolicyOf(policy, routers), ...limited };
          }
          if (outcome.kind === 'past') throw new OvertakenError(reservation, 'it is over');
          if (outcome.kind !== 'unreadable')
            meter?.record('lockRefusals', 1, { router: outcome.routerId, holder: HOLDERS[outcome.kind] });
          const why = oneLine(outcome.kind === 'unreadable' ? outcome.why : await whyNot(outcome, name));
          if (outcome.kind === 'busy') await wake(store, outcome.reservation.pair);
          const isRetired = outcome.kind === 'retired' ? { isRetired: true as const } : {};
          const isSettled = asksForLeft === true && 'nothingLeft' in outcome && outcome.nothingLeft === true;
          const left = isSettled ? { nothingLeft: true as const } : {};
          if (why !== known || now() > until) return { kind: 'blocked', why, ...isRetired, ...left };
          await sleep(PAIR_TIMES.reservationPollMs);
        }
      }),
    );
}

/** Why the routers can't be reserved, in one line for a person. `name` resolves to a router's name. */
export async function whyNot(
  refusal: Extract<ReservedOutcome, { kind: 'retired' | 'maintenance' | 'busy' }>,
  name: (routerId: string) => Promise<string>,
): Promise<string> {
  const router = await name(refusal.routerId);
  if (refusal.kind === 'retired') return retiredWords(router, refusal.routerId, refusal.retired);
  if (refusal.kind === 'maintenance') return holdText(router, refusal.maintenance);
  const pair = await Promise.all(routersOf(refusal.reservation.pair).map(name));
  return `the pair ${pair.join(' + ')} has reserved ${router}`;
}

function routersOf(pair: string): readonly [string, string] {
  return pair.slice(pair.indexOf(':') + 1).split('+') as [string, string];
}

/**
 * Starts the workflow of the pair that has reserved the router, unless it runs. It may have been terminated, with no saga left to start it
 * again. The new run settles what the terminated one left behind, and ends the reservation.
 */
async function wake(store: Pick<Store, 'snapshot'>, pair: string): Promise<void> {
  if (await isRunning(pair)) return;
  const routers = routersOf(pair);
  const names = await namesOfPair(store, routers);
  await getClient().workflow.signalWithStart(ROUTER_PAIR, wakingPair(routers, names));
}

export interface EndReservationInput {
  readonly reservation: string;
  readonly routers: readonly [string, string];
  /**
   * Set if the workflow was reset and so can't know whether anything may stand on the routers. Then this fails with `Superseded` if a
   * member is still permitted. Absent: ends the reservation in any case.
   */
  readonly ifEmpty?: true;
}

/** Ends the reservation. Resolves to what the routers owe. */
export function endingReservation({ store }: Dependencies) {
  return ({ reservation, routers, ifEmpty }: EndReservationInput): Promise<readonly RouterOwing[]> =>
    classified(async () => {
      const { scheduledTimestampMs: scheduled, workflowExecution } = activityInfo();
      const by = workflowExecution && { pair: workflowExecution.workflowId, scheduled };
      const options = { ifEmpty: ifEmpty === true, ...(by && { by }) };
      if (!(await store.endReservation({ reservation, routers }, options)))
        throw new OvertakenError(reservation, 'something is permitted under it still');
      return owingAmong(store, routers);
    });
}
