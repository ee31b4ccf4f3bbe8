/** Lists what etcd knows of gateways, in bounded memory: configuration, `/state` and plan record are read side by side, page by page. */
import type { Action } from '../gateway/change.ts';
import { displayNameIn } from '../gateway/display.ts';
import { isRecord, pluralOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { recordOf } from './envelope.ts';
import { KEYS, PLANS } from './keys.ts';
import { isKept, readablePlanRecord, standingOf } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { stateOf } from './state.ts';
import type { StateFacts } from './state.ts';
import { CONFIG, STATE } from './watch-store.ts';

/** What etcd knows of one gateway, without any text of a configuration. */
export interface ListedGateway extends GatewayRef {
  /** The name in its configuration. `null`: there is none. */
  readonly name: string | null;
  /** What the configuration asks for. `null`: there is no configuration, or it can't be read. */
  readonly wanted: { readonly version: number; readonly isDeletion: boolean } | null;
  readonly state: StateFacts | null;
  /** `null`: there is no plan record, or it can't be read. */
  readonly plan: ListedPlan | null;
}

export interface ListedPlan {
  readonly version: number;
  readonly action: Action;
  readonly isKept: boolean;
  /** The change has failed, and `/state` does not say so. */
  readonly hasFailed: boolean;
  /** The deletion was made, and `/state` does not say so. */
  readonly isPublished: boolean;
  /** The version that stands for good. `null`: none. */
  readonly standing: number | null;
  /** When the last call that counted was scheduled, in ms since the epoch. `null`: not known. */
  readonly scheduled: number | null;
  /** Ids of its routers, the primary first. */
  readonly routers: readonly [string, string];
}

const OPERATION = 'list gateways';

/** All gateways of a type, in the order of their ids. Each page is read as it is then: the list is no snapshot. */
export async function* listGateways(client: EtcdClient, type: string): AsyncGenerator<ListedGateway> {
  const cursors = await Promise.all(
    [CONFIG, STATE, PLANS].map((prefix) => Cursor.open(client, `${prefix}${pluralOf(type)}/`)),
  );
  const [config, state, plan] = cursors as [Cursor, Cursor, Cursor];
  for (;;) {
    const ids = cursors.flatMap(({ id }) => id ?? []);
    const resourceId = ids.reduce<string | undefined>(
      (least, id) => (least === undefined || isBefore(id, least) ? id : least),
      undefined,
    );
    if (resourceId === undefined) return;
    const [ofConfig, ofState, ofPlan] = [
      await config.take(resourceId),
      await state.take(resourceId),
      await plan.take(resourceId),
    ];
    const gateway = { resourceType: type, resourceId };
    // A key with one more segment is that of another record.
    if (!resourceId.includes('/')) yield listed(gateway, ofConfig, ofState, ofPlan);
  }
}

/** One gateway, at one revision. */
export async function readGateway(client: EtcdClient, gateway: GatewayRef): Promise<ListedGateway> {
  const keys = [KEYS.gatewayConfig(gateway), KEYS.state(gateway), KEYS.plan(gateway)] as const;
  const entries = await client.read('gateway', keys);
  const [config, state, plan] = entries.map((entry) => (entry.value === undefined ? undefined : entry));
  return listed(gateway, config, state, plan);
}

function listed(
  gateway: GatewayRef,
  config: Entry | undefined,
  state: Entry | undefined,
  plan: Entry | undefined,
): ListedGateway {
  const ref = { type: gateway.resourceType, id: gateway.resourceId };
  const found = config && recordOf(ref, config);
  const wanted =
    found && isRecord(found) ? { version: found.version, isDeletion: found.markedForDeletion } : null;
  const record = plan && readablePlanRecord(plan);
  return {
    ...gateway,
    name: (found && displayNameIn(found)) ?? null,
    wanted,
    state: (state && stateOf(state)) ?? null,
    plan: record === undefined ? null : factsOf(record),
  };
}

function factsOf(record: PlanRecord): ListedPlan {
  const { gateway, action, failed = false, published = false, scheduled = null, routers } = record;
  return {
    version: gateway.version,
    action,
    isKept: isKept(record),
    hasFailed: failed,
    isPublished: published,
    standing: standingOf(record)?.version ?? null,
    scheduled,
    routers: [routers.primary.id, routers.secondary.id],
  };
}

/** etcd orders keys by their bytes. */
function isBefore(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}

/** Goes through the entries under a prefix, one after another. It holds one page in memory. */
class Cursor {
  readonly #prefix: string;
  readonly #pages: AsyncGenerator<{ readonly entries: readonly Entry[] }>;
  #page: readonly Entry[] = [];
  #index = 0;

  private constructor(client: EtcdClient, prefix: string) {
    this.#prefix = prefix;
    this.#pages = client.pages(OPERATION, prefix);
  }

  static async open(client: EtcdClient, prefix: string): Promise<Cursor> {
    const cursor = new Cursor(client, prefix);
    await cursor.#fill();
    return cursor;
  }

  /** What stands behind the prefix in the next key; `undefined`: there is no next key. */
  get id(): string | undefined {
    return this.#page[this.#index]?.key.slice(this.#prefix.length);
  }

  /** The entry with this id, if it is the next one. */
  async take(id: string): Promise<Entry | undefined> {
    if (this.id !== id) return undefined;
    const entry = this.#page[this.#index];
    this.#index += 1;
    await this.#fill();
    return entry;
  }

  /** Reads pages until there is a next entry, or none is left. */
  async #fill(): Promise<void> {
    while (this.#index >= this.#page.length) {
      const { value, done } = await this.#pages.next();
      if (done === true) return;
      [this.#page, this.#index] = [value.entries, 0];
    }
  }
}
