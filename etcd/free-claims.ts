import type { GatewayVersion } from '../gateway/resource.ts';
import { claimsOf, holderOf } from './claims.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import { KEYS } from './keys.ts';
import { isKept, readablePlanRecord } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { owedChangeOf, readEntry } from './router-record.ts';
import type { StoredRouter } from './router-record.ts';

import { stateOf } from './state.ts';

const OPERATION = 'free claims';

/**
 * Removes plan record and claims of a gateway that failed at this version or a newer one. Does nothing if the plan record is of an older
 * version, is of one that has not failed, is kept or disputed; while the gateway is permitted on a router; or while a router owes a change
 * of the gateway. To be called after the last owed change is made and after `/state` is written, whichever is later.
 */
export function freeClaims(client: EtcdClient, gateway: GatewayVersion): Promise<void> {
  return transact<void>(client, OPERATION, async () => {
    const [plan, state] = await client.read(OPERATION, [KEYS.plan(gateway), KEYS.state(gateway)] as const);
    const record = readablePlanRecord(plan);
    const facts = stateOf(state);
    // A newer version that failed before it could register has published the failure of this version, too.
    const isOver = ({ gateway: { version } }: PlanRecord) =>
      (facts?.version ?? -1) >= version && facts?.workerState === 'CREATE_FAILED';
    // The plan record may be of a newer version that failed, too, while this one was owed.
    if (record === undefined || record.gateway.version < gateway.version) return done(undefined);
    if (!isOver(record) || isKept(record) || record.disputed === true) return done(undefined);
    // A gateway that is permitted on a router may stand there, even if nothing of it is owed.
    const isPermitted = ({ reservation }: StoredRouter) =>
      reservation?.members.some((one) => isSameGateway(one.gateway, gateway)) ?? false;
    const fences = await routersWithout(client, record, isPermitted);
    if (fences === undefined) return done(undefined);
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

/**
 * The records of the gateway's routers, to be compared, if neither router owes a change of the gateway, of whatever version. `undefined`: its
 * claims must stay. `mayCarry`: whether something of the gateway may stand on a router although nothing of it is owed there.
 */
export async function routersWithout(
  client: EtcdClient,
  { gateway, routers }: Pick<PlanRecord, 'gateway' | 'routers'>,
  mayCarry: (router: StoredRouter) => boolean = () => false,
): Promise<readonly Entry[] | undefined> {
  const found = await Promise.all(
    Object.values(routers).map(async ({ id }) => {
      // Every write of an owed change writes the router's record, too. So it is enough to compare that record, if it was read first.
      const { entry, record } = await readEntry(client, OPERATION, id);
      const owed = await client.readPrefix(OPERATION, KEYS.owedChanges(id));
      const isOwed = owed.some((one) => isSameGateway(owedChangeOf(one).gateway, gateway));
      return isOwed || mayCarry(record) ? undefined : entry;
    }),
  );
  return found.every((entry) => entry !== undefined) ? found : undefined;
}
