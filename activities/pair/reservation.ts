import { activityInfo, getClient, sleep } from '@temporalio/activity';
import { TASK_QUEUE } from '../../gateway/messages.ts';
import { ROUTER_PAIR, WAKE_SIGNAL } from '../../pair/messages.ts';
import type { ReserveInput, ReserveOutcome } from '../../pair/transactions.ts';
import { corrupt } from '../../etcd/errors.ts';
import type { TakenOutcome } from '../../etcd/pair-store.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { nameOf } from '../router/router-target.ts';
import { isRunning } from '../requests/executions.ts';
import { OvertakenError } from '../router/fence.ts';

/** Takes the turn on both routers, or says why not: at once when the reason is news, else after a while (T8). */
export function reserving({ store }: Dependencies) {
  return ({ pair, routers, reservation, known }: ReserveInput): Promise<ReserveOutcome> =>
    heartbeating(() =>
      classified(Infinity, async () => {
        const until = Date.now() + PAIR_TIMES.reservationWaitMs;
        const { scheduledTimestampMs: scheduled, attempt } = activityInfo();
        const call = { scheduled, attempt };
        const names = new Map<string, string>();
        const name = async (id: string): Promise<string> => {
          const known = names.get(id) ?? (await nameOf(store, id));
          names.set(id, known);
          return known;
        };
        for (;;) {
          const since = new Date().toISOString();
          // A record that can't be read is waited for like a hold: until somebody has mended it.
          const outcome = await store
            .reserve({ pair, routers, reservation, since, call })
            .catch((error: unknown) => ({ kind: 'unreadable', why: corrupt(error).message }) as const);
          if (outcome.kind === 'reserved') return { kind: 'reserved', leftover: outcome.leftover };
          if (outcome.kind === 'past') throw new OvertakenError(reservation, 'it is over');
          const why = outcome.kind === 'unreadable' ? outcome.why : await whyNot(outcome, name);
          if (outcome.kind === 'busy') await wake(outcome.reservation.pair);
          if (why !== known || Date.now() > until) return { kind: 'blocked', why };
          await sleep(PAIR_TIMES.reservationPollMs);
        }
      }),
    );
}

/** One line for a person. `name`: what a router is called. */
export async function whyNot(
  refusal: Extract<TakenOutcome, { kind: 'maintenance' | 'busy' }>,
  name: (routerId: string) => Promise<string>,
): Promise<string> {
  const router = await name(refusal.routerId);
  if (refusal.kind === 'maintenance') return `${router} is held since ${refusal.hold.since}: ${refusal.hold.reason}`;
  const pair = await Promise.all(routersOf(refusal.reservation.pair).map(name));
  return `the pair ${pair.join(' + ')} has the turn on ${router}`;
}

function routersOf(pair: string): readonly string[] {
  return pair.slice(pair.indexOf(':') + 1).split('+');
}

/** Who has the turn may be gone, with nobody left to ask it for anything: woken, it settles what it left and gives the turn back. */
async function wake(pair: string): Promise<void> {
  if (await isRunning(pair)) return;
  const routers = routersOf(pair);
  await getClient().workflow.signalWithStart(ROUTER_PAIR, {
    workflowId: pair,
    taskQueue: TASK_QUEUE,
    args: [{ routers }],
    signal: WAKE_SIGNAL,
    signalArgs: [],
  });
}

export interface EndReservationInput {
  readonly reservation: string;
  readonly routers: readonly [string, string];
  /** Nothing is known of what may be on the routers by it: fails with `Superseded` if anything may. Absent: given back anyway. */
  readonly ifEmpty?: true;
}

/** Gives the turn back. */
export function endingReservation({ store }: Dependencies) {
  return ({ reservation, routers, ifEmpty }: EndReservationInput): Promise<void> =>
    classified(Infinity, async () => {
      if (!(await store.endReservation({ reservation, routers }, { ifEmpty: ifEmpty === true })))
        throw new OvertakenError(reservation, 'something was left on it');
    });
}
