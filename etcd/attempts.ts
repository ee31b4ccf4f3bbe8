/**
 * Attempt numbers: whoever holds an older one than the record's may commit nothing. A worker that was frozen and wakes up
 * asks before it commits, and hears that its number is void.
 */
import { ROLES } from '../gateway/resource.ts';
import type { GatewayVersion, Role } from '../gateway/resource.ts';
import type { EtcdClient, Entry, Transaction } from './client.ts';
import { transact, done } from './transact.ts';
import { supersededBy } from './envelope.ts';
import { KEYS } from './keys.ts';
import { isNewer, ownedBy, planRecordOf, readablePlanRecord } from './plan-record.ts';
import type { BeginOutcome, PlanRecord } from './plan-record.ts';

export function beginAttempt(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  scheduled?: number,
): Promise<BeginOutcome> {
  return transact<BeginOutcome>(client, 'begin attempt', async () => {
    const keys = [KEYS.gatewayConfig(gateway), KEYS.plan(gateway)] as const;
    const [config, plan] = await client.read('begin attempt', keys);
    const superseded = supersededBy(gateway, config);
    if (superseded) return done(superseded);
    const record = planRecordOf(plan);
    if (!isHeard(record, gateway, run, scheduled)) return done({ kind: 'void' });
    const next = nextAttempt(record, scheduled);
    const transaction = replace(plan, next, [config]);
    return { kind: 'write', transaction, outcome: { kind: 'begun', record: next } };
  });
}

export function confirmAttempt(
  client: EtcdClient,
  gateway: GatewayVersion,
  attempt: number,
  mayCarry: readonly Role[],
): Promise<boolean> {
  return changeRoles(client, 'confirm attempt', gateway, attempt, (before) =>
    ROLES.filter((role) => before.includes(role) || mayCarry.includes(role)),
  );
}

export function markClean(
  client: EtcdClient,
  gateway: GatewayVersion,
  attempt: number,
  roles: readonly Role[],
): Promise<boolean> {
  return changeRoles(client, 'mark clean', gateway, attempt, (before) =>
    before.filter((role) => !roles.includes(role)),
  );
}

export function voidAttempts(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  scheduled?: number,
): Promise<PlanRecord | undefined> {
  return transact<PlanRecord | undefined>(client, 'void attempts', async () => {
    const [plan] = await client.read('void attempts', [KEYS.plan(gateway)] as const);
    // What can't be read gives out no numbers.
    const record = readablePlanRecord(plan);
    if (!isHeard(record, gateway, run, scheduled)) return done(undefined);
    const next = nextAttempt(record, scheduled);
    return { kind: 'write', transaction: replace(plan, next), outcome: next };
  });
}

function changeRoles(
  client: EtcdClient,
  operation: string,
  gateway: GatewayVersion,
  attempt: number,
  change: (before: readonly Role[]) => readonly Role[],
): Promise<boolean> {
  return transact<boolean>(client, operation, async () => {
    const [plan] = await client.read(operation, [KEYS.plan(gateway)] as const);
    const record = planRecordOf(plan);
    if (record?.gateway.version !== gateway.version || record.attempt !== attempt) {
      return done(false);
    }
    const mayCarry = change(record.mayCarry);
    if (mayCarry.length === record.mayCarry.length) return done(true);
    return {
      kind: 'write',
      transaction: replace(plan, { ...record, mayCarry, kept: record.kept === true && mayCarry.length > 0 }),
      outcome: true,
    };
  });
}

/** Of this run, and no younger call of it was heard since: it was not reset. */
function isHeard(
  record: PlanRecord | undefined,
  gateway: GatewayVersion,
  run: string,
  scheduled: number | undefined,
): record is PlanRecord {
  return ownedBy(record, gateway, run) && isNewer(record, gateway, scheduled) !== true;
}

/** Whoever was asked before the call that is heard comes late from now on. */
function nextAttempt(record: PlanRecord, scheduled = record.scheduled): PlanRecord {
  return { ...record, attempt: record.attempt + 1, ...(scheduled !== undefined && { scheduled }) };
}

function replace(plan: Entry, record: PlanRecord, fences: readonly Entry[] = []): Transaction {
  return { unchanged: [plan, ...fences], put: [{ key: plan.key, value: record }] };
}
