import type { GatewayVersion } from '../gateway/resource.ts';
import { claimsOf, holderOf, isSameGateway } from './claims.ts';
import type { EtcdClient } from './client.ts';
import { decide, done } from './decide.ts';
import { KEYS } from './keys.ts';
import { planRecordOf } from './plan-record.ts';
import { debtOf, readEntry } from './router-record.ts';
import { stateOf } from './state.ts';

const OPERATION = 'release claims';

/**
 * Nothing is owed for a gateway any more whose creation failed at this version: with the last debt go its plan record and
 * claims, which were kept for it.
 */
export function releaseClaims(client: EtcdClient, gateway: GatewayVersion): Promise<void> {
  return decide<void>(client, OPERATION, async () => {
    const [plan, state] = await client.read(OPERATION, [KEYS.plan(gateway), KEYS.state(gateway)] as const);
    const record = planRecordOf(plan);
    const facts = stateOf(state);
    const failed = facts?.version === gateway.version && facts.workerState === 'CREATE_FAILED';
    if (!failed || record?.gateway.version !== gateway.version) return done(undefined);
    const fences = [];
    for (const { id } of Object.values(record.routers)) {
      // Every change of a router's debts writes its record, too.
      const { entry } = await readEntry(client, OPERATION, id);
      const owed = await client.readPrefix(OPERATION, KEYS.debts(id));
      if (owed.some((debt) => isSameGateway(debtOf(debt).gateway, gateway))) return done(undefined);
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
