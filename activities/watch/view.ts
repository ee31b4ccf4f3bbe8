/**
 * What the watch knows of `/config` and `/state`: versions and references, no bodies; and which gateways wait for others. It is made anew at each full
 * listing.
 */
import { oneLine } from '../../gateway/display.ts';
import { isRecord, pluralOf, workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { Entry } from '../../etcd/client.ts';
import { recordOf } from '../../etcd/envelope.ts';
import { WAITING, gatewaysOfKey } from '../../etcd/keys.ts';
import { isReadOnly, stateOf } from '../../etcd/state.ts';
import { CONFIG, STATE } from '../../etcd/watch-store.ts';
import type { Configured, PublishedVersion } from './difference.ts';
import type { WatchedType, WatchedTypes } from './types.ts';

export interface SeenResource extends GatewayRef {
  readonly isGateway: boolean;
  config?: Configured | undefined;
  state?: PublishedVersion | undefined;
  /** The ids in its reference fields, by field. */
  links?: ReadonlyMap<string, string> | undefined;
}

export class View {
  readonly #types: WatchedTypes;
  readonly #seen = new Map<string, SeenResource>();
  /** By workflow id: the keys that say that the gateway waits. */
  readonly #waits = new Map<string, Set<string>>();

  constructor(types: WatchedTypes) {
    this.#types = types;
  }

  /** All resources, by workflow id. */
  get all(): ReadonlyMap<string, SeenResource> {
    return this.#seen;
  }

  /** Whether a gateway waits for another one. */
  waits(id: string): boolean {
    return this.#waits.has(id);
  }

  /**
   * Takes an entry into the view. Returns the workflow id of the resource that the entry is about; of a waiting key, that is the waiter. `undefined`: nothing
   * is to be done for such entries.
   */
  note(entry: Entry): string | undefined {
    if (entry.key.startsWith(WAITING)) return this.#noteWait(entry);
    const isConfig = entry.key.startsWith(CONFIG);
    if (!isConfig && !entry.key.startsWith(STATE)) return undefined;
    const [plural = '', resourceId = '', ...more] = entry.key
      .slice((isConfig ? CONFIG : STATE).length)
      .split('/');
    const type = this.#types.get(plural);
    if (type === undefined || resourceId === '' || more.length > 0) return undefined;
    const ref = { resourceType: type.type, resourceId };
    const id = workflowIdOf(ref);
    const seen: SeenResource = this.#seen.get(id) ?? { ...ref, isGateway: type.isGateway };
    if (isConfig) Object.assign(seen, configured(type, entry));
    else seen.state = ended(type, entry);
    if (seen.config === undefined && seen.state === undefined) this.#seen.delete(id);
    else this.#seen.set(id, seen);
    return id;
  }

  #noteWait({ key, value }: Entry): string | undefined {
    const waiter = gatewaysOfKey(key)?.other;
    if (waiter === undefined) return undefined;
    const id = workflowIdOf(waiter);
    const keys = this.#waits.get(id) ?? new Set();
    if (value === undefined) keys.delete(key);
    else keys.add(key);
    if (keys.size === 0) this.#waits.delete(id);
    else this.#waits.set(id, keys);
    return id;
  }

  /**
   * The group in which a gateway is counted: its pair of routers, found through its reference fields. Where these lead nowhere, the last resource
   * that was reached stands for the router. If none was reached, the group is the gateway's type.
   */
  groupOf({ resourceType, resourceId }: GatewayRef): string {
    const id = workflowIdOf({ resourceType, resourceId });
    const paths = this.#typeOf(resourceType)?.routers ?? [];
    const ends = paths.flatMap((path) => {
      let at = id;
      for (const field of path) {
        const [type] = at.split(':', 1);
        const next = this.#seen.get(at)?.links?.get(field);
        const refersTo = this.#typeOf(type ?? '')?.references[field];
        if (next === undefined || refersTo === undefined) break;
        at = workflowIdOf({ resourceType: refersTo, resourceId: next });
      }
      return at === id ? [] : [at];
    });
    return ends.length === 0 ? resourceType : ends.sort().join('+');
  }

  #typeOf(type: string): WatchedType | undefined {
    return this.#types.get(pluralOf(type));
  }
}

function ended({ isGateway }: WatchedType, entry: Entry): PublishedVersion | undefined {
  const facts = stateOf(entry);
  if (facts === undefined) return undefined;
  return { version: facts.version, ...(isGateway && isReadOnly(facts) && { isRead: true }) };
}

function configured({ type, references }: WatchedType, entry: Entry): Pick<SeenResource, 'config' | 'links'> {
  const { modRevision } = entry;
  const id = entry.key.slice(entry.key.lastIndexOf('/') + 1);
  const found = recordOf({ type, id }, entry);
  if (!isRecord(found)) {
    if (found.kind === 'missing') return { config: undefined, links: undefined };
    const reason = oneLine(found.reason);
    return { config: { version: found.version, reason, modRevision }, links: undefined };
  }
  const links = new Map<string, string>();
  for (const field of Object.keys(references)) {
    const value = found.body[field];
    if (typeof value === 'string' && value !== '') links.set(field, value);
  }
  return { config: { version: found.version, modRevision }, links };
}
