/** Taking the turn on both routers of a pair, or on neither (T8), and giving it back. */
import type { Hold, Turn, TurnCall, TurnMember } from '../pair/transactions.ts';
import type { EtcdClient } from './client.ts';
import { decide, done } from './transact.ts';
import type { Decision } from './transact.ts';
import { readOwingPair, readPair, recordPut, recordsOf } from './router-record.ts';
import type {
  HeldTurn,
  OwingPair,
  OwingRouter,
  RouterEntry,
  RouterRecords,
  TurnRecord,
} from './router-record.ts';
import { isLater } from './fencing-token.ts';
import { unionOf } from './permitted-members.ts';

export interface TakeTurnRequest extends HeldTurn {
  /** Workflow id of the pair. */
  readonly pair: string;
  /** ISO time. */
  readonly since: string;
  /** The call that asks: one that was given up, and comes when its turn is over, takes nothing. Absent: not known. */
  readonly call?: TurnCall;
}

type Refusal =
  | { readonly kind: 'held'; readonly routerId: string; readonly hold: Hold }
  | { readonly kind: 'busy'; readonly routerId: string; readonly turn: Turn }
  /** The turn was given back, or taken over: by a later call of the same pair. */
  | { readonly kind: 'past' };

export type TakenOutcome =
  | {
      readonly kind: 'taken';
      readonly records: RouterRecords;
      /** Members that a commit was permitted for: of a turn of the same pair that this one took over, or of this very turn. */
      readonly leftover: readonly TurnMember[];
    }
  | Refusal;

type Taking = { readonly kind: 'taken'; readonly pair: OwingPair } | Refusal;

const TAKE = 'take turn';
const RELEASE = 'release turn';

export async function takeTurn(client: EtcdClient, request: TakeTurnRequest): Promise<TakenOutcome> {
  const taking = await decide(client, TAKE, () => lookToTake(client, request));
  if (taking.kind !== 'taken') return taking;
  const records = recordsOf(taking.pair);
  return { kind: 'taken', records, leftover: membersOf(records) };
}

async function lookToTake(client: EtcdClient, request: TakeTurnRequest): Promise<Decision<Taking>> {
  const pair = await readOwingPair(client, TAKE, request.routers);
  const records = pair.map(({ record }) => record);
  if (records.every(({ turn }) => turn?.id === request.turn)) return done({ kind: 'taken', pair });

  if (records.some((record) => isPast(record, request))) return done({ kind: 'past' });
  const hold = pair.find(({ record }) => record.hold);
  const stranger = pair.find(({ record }) => record.turn && record.turn.pair !== request.pair);
  const leftover = records.some(({ turn }) => turn !== null);
  // What a turn has left on a router is settled even while it is held.
  const settles = leftover && !stranger && membersOf(records).length > 0;
  if (hold?.record.hold && !settles) {
    const held = { kind: 'held', routerId: hold.id, hold: hold.record.hold } as const;
    return leftover && !stranger ? writeOf(pair, records.map(withoutTurn), held) : done(held);
  }
  if (stranger?.record.turn) {
    return done({ kind: 'busy', routerId: stranger.id, turn: stranger.record.turn });
  }
  const attempt = Math.max(...records.map(({ turn }) => turn?.attempt ?? 0));
  const take = (router: OwingRouter) => ({
    ...router,
    record: { ...router.record, turn: turnOf(request, router.record.turn, attempt) },
  });
  const taken = [take(pair[0]), take(pair[1])] as const;
  const after = taken.map(({ record }) => record);
  return writeOf(pair, after, { kind: 'taken', pair: taken });
}

/** Whether a later call of the pair has had a turn there since: a worker that stood still must not take again what was given back. */
function isPast({ turn, past }: TurnRecord, { pair, call }: TakeTurnRequest): boolean {
  if (call === undefined) return false;
  return (past?.[pair] ?? -Infinity) >= call.scheduled || (turn?.pair === pair && isLater(turn.call, call));
}

/** A fresh turn, or the heir of one whose workflow is gone. */
function turnOf(request: TakeTurnRequest, before: Turn | null, attempt: number): Turn {
  const { turn: id, pair, since } = request;
  const call = request.call && { call: request.call };
  if (!before) return { id, pair, since, attempt, ...call, sessions: [], members: [], committedAt: null };
  const earlier = before.id === id ? (before.earlier ?? []) : [...(before.earlier ?? []), before.id];
  return { ...before, id, pair, since, attempt, ...call, earlier };
}

export function releaseTurn(
  client: EtcdClient,
  held: HeldTurn,
  { ifEmpty = false }: { readonly ifEmpty?: boolean } = {},
): Promise<boolean> {
  return decide<boolean>(client, RELEASE, async () => {
    const pair = await readPair(client, RELEASE, held.routers);
    const records = pair.map(({ record }) => record);
    const isOurs = records.some(({ turn }) => turn?.id === held.turn);
    const isLeft = records.some(({ turn }) => turn?.id === held.turn && turn.members.length > 0);
    if (ifEmpty && isLeft) return done(false);
    const isFree = records.every(({ turn }) => turn === null);
    if (!isOurs && !isFree) return done(true);
    // Written even where there is nothing to take away: a taking that is still on its way must find something changed.
    const after = records.map((record) => (record.turn?.id === held.turn ? givenBack(record) : record));
    return writeOf(pair, after, true);
  });
}

function writeOf<T>(pair: readonly RouterEntry[], records: readonly TurnRecord[], outcome: T): Decision<T> {
  return {
    kind: 'write',
    outcome,
    transaction: {
      unchanged: pair.map(({ entry }) => entry),
      put: pair.map((router, index) => recordPut(router, records[index] ?? router.record)),
    },
  };
}

function givenBack({ turn, ...record }: TurnRecord): TurnRecord {
  if (!turn?.call) return { ...record, turn: null };
  return { ...record, turn: null, past: { ...record.past, [turn.pair]: turn.call.scheduled } };
}

function withoutTurn(record: TurnRecord): TurnRecord {
  return { ...record, turn: null };
}

function membersOf(records: readonly TurnRecord[]): readonly TurnMember[] {
  return unionOf(records.flatMap(({ turn }) => turn?.members ?? []));
}
