/**
 * A deletion that one router makes, and that the other router is to owe. In this file the one that makes it is the first router, and the one that is to owe
 * it is the named router. Until the first router has made the deletion, only the first router owes anything, so both can still carry what stood. The
 * decision is the transaction of whoever sees that the first router has made the deletion: it marks the plan record as kept, and makes the named router owe
 * its removal. So there is no moment at which one router owes what the other one may still refuse.
 */
import type { OweRequest } from '../gateway/plan.ts';
import { ROLES, isSameGateway } from '../gateway/resource.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { OwedChange } from '../pair/router-record.ts';
import type { EtcdClient } from './client.ts';
import { supersededBy } from './envelope.ts';
import { KEYS } from './keys.ts';
import { decisionOf, owedBy, takenBack } from './owed-decision.ts';
import type { Decided } from './owed-decision.ts';
import { isKept, isOwnedBy, isUndecided, notOwned, planRecordOf } from './plan-record.ts';
import type { NotOwned, OweRefusal, PlanRecord, RecordedOwe } from './plan-record.ts';
import { isRewritten } from './planned-config.ts';
import { owedChangeKey, readOwing, recordPut } from './router-record.ts';
import type { OwingRouter } from './router-record.ts';
import { secretsKeyIn } from './secrets.ts';
import { done, transact } from './transact.ts';
import type { Transition } from './transact.ts';

export type OweOutcome =
  | { readonly kind: 'begun' }
  | { readonly kind: 'superseded'; readonly version: number | null }
  | { readonly kind: 'rewritten' }
  | NotOwned
  /** A change of the gateway may be under way on a router, or a router owes one already: nobody knows what stands. */
  | { readonly kind: 'owed' };

/** How far the deletion is. */
export type OwedDeletion =
  /** The first router may still make the deletion. */
  | { readonly kind: 'undecided' }
  /** The first router has made the deletion. `isDropped`: the named router is retired, and owes nothing. */
  | { readonly kind: 'kept'; readonly isDropped: boolean }
  /** Both routers carry what stood, or the first one owes the change that puts it back. */
  | ({ readonly kind: 'refused' } & OweRefusal)
  | NotOwned;

const BEGIN = 'owe deletion';
const LOOK = 'owed deletion';
const TAKE_BACK = 'take back owed deletion';

/**
 * Begins an owed deletion. The run has registered the deletion before. From now on the first router may make it, until `giveUpOwedDeletion` or
 * `takeBackOwedDeletion` ends that.
 */
export function oweDeletion(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  request: OweRequest & Pick<RecordedOwe, 'since'>,
): Promise<OweOutcome> {
  return transact<OweOutcome>(client, BEGIN, async () => {
    const [config, plan, secrets] = await client.read(BEGIN, [
      KEYS.gatewayConfig(gateway),
      KEYS.plan(gateway),
      KEYS.secrets(gateway),
    ] as const);
    const record = planRecordOf(plan);
    if (!isOwnedBy(record, gateway, run)) return done(notOwned(plan));
    if (record.owe !== undefined) return done({ kind: 'begun' });
    const superseded = supersededBy(gateway, 'delete', config);
    if (superseded) return done(superseded);
    if (isRewritten(record.config, config, secretsKeyIn(secrets))) return done({ kind: 'rewritten' });
    const { first, named } = await routersOf(client, BEGIN, record, request.router);
    const isUnsure = [first, named].some(
      ({ record: { reservation }, owedChanges }) =>
        owedChanges.some((one) => isSameGateway(one.gateway, gateway)) ||
        reservation?.members.some((one) => isSameGateway(one.gateway, gateway)),
    );
    if (isUnsure || record.mayBeApplied || isKept(record)) return done({ kind: 'owed' });
    const change = owedBy(record, first.id, request, 'deciding');
    return {
      kind: 'write',
      outcome: { kind: 'begun' },
      transaction: {
        unchanged: [config, plan, first.entry, named.entry],
        put: [
          { key: plan.key, value: { ...record, mayBeApplied: true, owe: request } },
          { key: owedChangeKey(first.id, change), value: change },
          recordPut(first, first.record),
        ],
      },
    };
  });
}

/** How far the deletion is. If the first router was retired meanwhile, a person has said that this one is dead, too: that decides the deletion. */
export function owedDeletion(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
): Promise<OwedDeletion> {
  return lookOrTakeBack(client, LOOK, gateway, run);
}

/**
 * Takes the deletion back unless it is decided, because the first router was away for too long. Nobody knows whether that router has made the deletion. So
 * it owes the inverse, which puts back what stood: whoever looks there next makes the inverse, or sees that what stood is there.
 */
export function takeBackOwedDeletion(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  why: OweRefusal,
): Promise<OwedDeletion> {
  return lookOrTakeBack(client, TAKE_BACK, gateway, run, { ...why, owed: true });
}

function lookOrTakeBack(
  client: EtcdClient,
  operation: string,
  gateway: GatewayVersion,
  run: string,
  refusal?: OweRefusal,
): Promise<OwedDeletion> {
  return transact<OwedDeletion>(client, operation, async () => {
    const [before] = await client.read(operation, [KEYS.plan(gateway)] as const);
    const known = planRecordOf(before);
    if (known?.owe === undefined) return done(notOwned(before));
    // The plan record is read once more, after the routers' records. The transaction that decides also removes the owed change that was made. So if that one
    // is missing from the routers' records, this read finds the decision.
    const { first, named } = await routersOf(client, operation, known, known.owe.router);
    const [plan] = await client.read(operation, [KEYS.plan(gateway)] as const);
    const record = planRecordOf(plan);
    if (!isOwnedBy(record, gateway, run) || !hasOwe(record)) return done(notOwned(plan));
    const { refused, dropped = false } = record.owe;
    if (isKept(record)) return done({ kind: 'kept', isDropped: dropped });
    if (refused !== undefined) return done({ kind: 'refused', ...refused });
    const owed = first.owedChanges.find((one) => isSameGateway(one.gateway, gateway));
    const isOpen = owed !== undefined || (isUndecided(record) && first.record.retired === undefined);
    if (isOpen && refusal !== undefined) return takeBack({ plan, record, first }, refusal, owed);
    if (isOpen) return owed === undefined ? owedAnew({ plan, record, first }) : done({ kind: 'undecided' });
    if (!isUndecided(record)) return done({ kind: 'gone' });
    const { unchanged, put } = decisionOf({ plan, record, named });
    const isDropped = named.record.retired !== undefined;
    return {
      kind: 'write',
      outcome: { kind: 'kept', isDropped },
      transaction: { unchanged: [...unchanged, first.entry], put, remove: [] },
    };
  });
}

type Begun = { readonly first: OwingRouter } & Pick<Decided, 'plan' | 'record'>;

/**
 * The owed change that was to decide the deletion is lost: somebody has removed it, or has retired the router and readmitted it before anybody looked.
 * Nobody knows whether the router has made the deletion. So the router owes it as at first.
 */
function owedAnew({ plan, record, first }: Begun): Transition<OwedDeletion> {
  const change = owedBy(record, first.id, record.owe, 'deciding');
  return {
    kind: 'write',
    outcome: { kind: 'undecided' },
    transaction: {
      unchanged: [plan, first.entry],
      put: [{ key: owedChangeKey(first.id, change), value: change }, recordPut(first, first.record)],
    },
  };
}

function takeBack(
  { plan, record, first }: Begun,
  refused: OweRefusal,
  owed: OwedChange = owedBy(record, first.id, record.owe, 'deciding'),
): Transition<OwedDeletion> {
  const inverse = takenBack(owed, refused.why);
  const next = { ...record, mayBeApplied: false, owe: { ...record.owe, refused } };
  return {
    kind: 'write',
    outcome: { kind: 'refused', ...refused },
    transaction: {
      unchanged: [plan, first.entry],
      put: [
        { key: plan.key, value: next },
        { key: owedChangeKey(first.id, inverse), value: inverse },
        recordPut(first, first.record),
      ],
      remove: [owedChangeKey(first.id, owed)],
    },
  };
}

function hasOwe(record: PlanRecord): record is Decided['record'] {
  return record.owe !== undefined;
}

async function routersOf(
  client: EtcdClient,
  operation: string,
  { routers }: PlanRecord,
  named: string,
): Promise<{ readonly first: OwingRouter; readonly named: OwingRouter }> {
  const ids = ROLES.map((role) => routers[role].id);
  const first = ids.find((id) => id !== named);
  if (first === undefined || !ids.includes(named))
    throw new TypeError(`Expected one of the routers ${ids.join(' and ')}, got ${named}`);
  const [one, other] = await readOwing(client, operation, [first, named]);
  return { first: one as OwingRouter, named: other as OwingRouter };
}
