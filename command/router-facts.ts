import { StoreCorruptError } from '../etcd/errors.ts';
import type { Store } from '../etcd/store.ts';
import type {
  OwedChange,
  MaintenanceHold,
  Retirement,
  RouterRecord,
  Reservation,
} from '../pair/transactions.ts';
import { edgeRouter, isRecord } from '../gateway/resource.ts';

/** The facts that are shown of a router: its record, without the configuration text of owed changes. */
export interface RouterFacts {
  readonly id: string;
  /** From the `edge_router` record. `null`: there is no such record, or no name can be read from it. */
  readonly name: string | null;
  readonly maintenance: MaintenanceHold | null;
  readonly reservation: Reservation | null;
  readonly owedChanges: readonly Omit<OwedChange, 'change'>[];
  /** Absent: it is not retired. */
  readonly retired?: Retirement;
  /** Why its record, or that of an owed change, can't be read: then nothing else is known. Absent: all can be read. */
  readonly unreadable?: string;
}

/** Facts of these routers, in the given order. */
export async function routerFacts(
  store: Store,
  routers: readonly (readonly [id: string, record: RouterRecord | StoreCorruptError])[],
): Promise<RouterFacts[]> {
  const snapshot = store.snapshot();
  return Promise.all(
    routers.map(async ([id, record]) => {
      const found = await snapshot.read(edgeRouter(id));
      const known = isRecord(found) ? found.body['name'] : undefined;
      const name = typeof known === 'string' ? known : null;
      if (record instanceof StoreCorruptError)
        return {
          id,
          name,
          maintenance: null,
          reservation: null,
          owedChanges: [],
          unreadable: record.message,
        };
      const { reservation, maintenance, owedChanges, retired } = record;
      const owed = owedChanges.map(({ gateway, role, since, reason, deletion }) => ({
        gateway,
        role,
        since,
        reason,
        ...(deletion && { deletion }),
      }));
      return { id, name, maintenance, reservation, owedChanges: owed, ...(retired && { retired }) };
    }),
  );
}

/** Whether there is an `edge_router` record with this id, readable or not. */
export async function isRouter(store: Store, id: string): Promise<boolean> {
  const found = await store.snapshot().read(edgeRouter(id));
  return isRecord(found) || found.kind !== 'missing';
}
