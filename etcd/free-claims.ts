import type { GatewayVersion } from '../gateway/resource.ts';
import { claimsOf, holderOf } from './claims.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import { KEYS } from './keys.ts';
import { isKept, readablePlanRecord } from './plan-record.ts';
import { owedChangeOf, readEntry } from './router-record.ts';
import { stateOf } from './state.ts';

const OPERATION = 'free claims';

/**
 * Removes plan record and claims of a gateway that failed at this version or a newer one. Does nothing if the plan record is of another
 * version, kept or disputed, while the gateway is permitted on a router, or while a router owes a change of the gateway. To be called after the last
 * owed change is made and after `/state` is written, whichever is later.
 */
export function freeClaims(client: EtcdClient, gateway: GatewayVersion): Promise<void> {
  return transact<void>(client, OPERATION, async () => {
    const [plan, state] = await client.read(OPERATION, [KEYS.plan(gateway), KEYS.state(gateway)] as const);
    const record = readablePlanRecord(plan);
    const facts = stateOf(state);
    // A newer version that failed before it could register has published the failure of this version, too.
    const failed = (facts?.version ?? -1) >= gateway.version && facts?.workerState === 'CREATE_FAILED';
    if (!failed || record?.gateway.version !== gateway.version || isKept(record)) return done(undefined);
    if (record.disputed === true) return done(undefined);
    const fences = [];
    for (const { id } of Object.values(record.routers)) {
      // Every write of an owed change writes the router's record, too. So the transaction compares that record only.
      const { entry, record: router } = await readEntry(client, OPERATION, id);
      // A gateway that is permitted on a router may stand there, even if nothing of it is owed.
      if (router.reservation?.members.some((member) => isSameGateway(member.gateway, gateway)))
        return done(undefined);
      const owed = await client.readPrefix(OPERATION, KEYS.owedChanges(id));
      if (owed.some((owedChange) => isSameGateway(owedChangeOf(owedChange).gateway, gateway)))
        return done(undefined);
      fences.push(entry);
    }
    const keys = claimsOf(record).map(({ key }) => key);
    const claims = (await client.read(OPERATION, keys)).filter((one) =>
      isSameGateway(holderOf(one), gateway),
    );
    return {
      kind: 'write',
      outcome: undefined,
      transaction: {
        unchanged: [plan, state, ...fences, ...claims],
        put: [],
        remove: [plan.key, ...claims.map(({ key }) => key)],
      },
    };
  });
}
