import { StoreCorruptError } from '../etcd/errors.ts';
import type { Store } from '../etcd/store.ts';
import type {
  Freed,
  OwedChange,
  MaintenanceHold,
  Retirement,
  RouterRecord,
  Reservation,
} from '../pair/router-record.ts';
import { displayNameIn } from '../gateway/display.ts';
import { partsOf } from '../gateway/lists.ts';
import { edgeRouter, workflowIdOf } from '../gateway/resource.ts';

/** The facts that are shown of a router: its record, without the configuration text of owed changes. */
export interface RouterFacts {
  readonly id: string;
  /** From the `edge_router` record. `null`: there is no such record, or no name can be read from it. */
  readonly name: string | null;
  readonly maintenance: MaintenanceHold | null;
  readonly reservation: Reservation | null;
  readonly owedChanges: readonly ShownOwedChange[];
  /** Absent: it is not retired. */
  readonly retired?: Retirement;
  /** Absent: nobody ended a hold or a retirement, or a hold has begun since. */
  readonly freed?: Freed;
  /** Why its record, or that of an owed change, can't be read: then nothing else is known. Absent: all can be read. */
  readonly unreadable?: string;
}

export interface ShownOwedChange extends Omit<OwedChange, 'change'> {
  /** The gateway's name. `null`: it has no record any more, or none with a name, or so much is owed that not all names are read. */
  readonly name: string | null;
}

/** How many gateways' names are read at most, and how many at a time. */
const [NAMES, NAMES_AT_ONCE] = [256, 64];

/** Facts of these routers, sorted by their names. */
export async function routerFacts(
  store: Store,
  routers: readonly (readonly [id: string, record: RouterRecord | StoreCorruptError])[],
): Promise<RouterFacts[]> {
  const snapshot = store.snapshot();
  const names = await namesOfOwed(
    store,
    routers.flatMap(([, record]) => ('owedChanges' in record ? record.owedChanges : [])),
  );
  const facts = await Promise.all(
    routers.map(async ([id, record]) => {
      const name = displayNameIn(await snapshot.read(edgeRouter(id))) ?? null;
      if (record instanceof StoreCorruptError)
        return {
          id,
          name,
          maintenance: null,
          reservation: null,
          owedChanges: [],
          unreadable: record.message,
        };
      const { reservation, maintenance, owedChanges, retired, freed } = record;
      const owed = owedChanges.map(({ gateway, role, since, reason, deletion }) => ({
        gateway,
        name: names.get(workflowIdOf(gateway)) ?? null,
        role,
        since,
        reason,
        ...(deletion && { deletion }),
      }));
      return {
        id,
        name,
        maintenance,
        reservation,
        owedChanges: owed,
        ...(retired && { retired }),
        ...(freed && { freed }),
      };
    }),
  );
  const shown = ({ name, id }: RouterFacts) => `${name ?? ''} ${id}`;
  return facts.sort((one, other) => shown(one).localeCompare(shown(other), undefined, { numeric: true }));
}

async function namesOfOwed(
  store: Store,
  owed: readonly Pick<OwedChange, 'gateway'>[],
): Promise<ReadonlyMap<string, string>> {
  const gateways = new Map(owed.map(({ gateway }) => [workflowIdOf(gateway), gateway]));
  const found = new Map<string, string>();
  for (const some of partsOf([...gateways].slice(0, NAMES), NAMES_AT_ONCE)) {
    const snapshot = store.snapshot();
    await Promise.all(
      some.map(async ([key, { resourceType: type, resourceId: id }]) => {
        const name = displayNameIn(await snapshot.read({ type, id }));
        if (name !== undefined) found.set(key, name);
      }),
    );
  }
  return found;
}
