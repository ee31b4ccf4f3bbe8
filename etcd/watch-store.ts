/** What the watch over `/config` reads and writes. */
import { KEYS, WAITING } from './keys.ts';
import type { ResourceRef } from '../gateway/resource.ts';
import { EtcdClient } from './client.ts';
import type { Entry } from './client.ts';
import { configVersion } from './envelope.ts';
import type { StoreOptions } from './options.ts';
import { readComplete } from '../gateway/records.ts';
import { stateOf } from './state.ts';
import { done, transact } from './transact.ts';
import { WatchStream } from './watch-stream.ts';
import type { Doubt, Position } from './watch-stream.ts';

/** Prefixes of all desired configurations and of all outcomes. */
export const CONFIG = '/config/v2.0/';
export const STATE = '/state/v2.0/';
/** The reference system's leader holds this key while its job manager is alive. */
export const JOB_MANAGER = '/job_manager_id';

export interface WatchStore {
  /**
   * Passes to `note` every entry of `/config` and of `/state`, every waiting key, and the job manager's entry, all as they are at one revision. Resolves to
   * that revision.
   */
  list(note: (entry: Entry) => void): Promise<Position>;
  /** Prefix of the templates of published kinds. `follow` also tells what is written under it. */
  readonly templates: string;
  /** What is written to all these keys after `position`: see `WatchStream.follow`. */
  follow(position: Position, signal: AbortSignal): AsyncGenerator<readonly Entry[], Doubt>;
  /** Writes `READ_COMPLETE` into `/state` at the configuration's version, unless `/state` has that version or a newer one, or can't be read. */
  publishRead(ref: ResourceRef): Promise<void>;
  close(): void;
}

export function openWatchStore(options: StoreOptions): WatchStore {
  const client = new EtcdClient(options);
  const stream = new WatchStream(options);
  const templates = options.templatePrefix ?? KEYS.heatTemplates;
  const watched = [CONFIG, STATE, WAITING, JOB_MANAGER, ...(templates.startsWith(CONFIG) ? [] : [templates])];
  return {
    templates,
    list: (note) => list(client, note),
    follow: (position, signal) => stream.follow(watched, position, signal),
    publishRead: (ref) => publishRead(client, ref),
    close: () => {
      stream.close();
      client.close();
    },
  };
}

/** `/state` is read at the revision of `/config`: so no gateway seems to have a difference whose change has ended by then. */
async function list(client: EtcdClient, note: (entry: Entry) => void): Promise<Position> {
  let position: Position | undefined;
  for (const prefix of [CONFIG, STATE, WAITING])
    for await (const { entries, revision, cluster } of client.pages(
      'list',
      prefix,
      position?.revision ?? '0',
    )) {
      position ??= { revision, cluster };
      entries.forEach(note);
    }
  if (position === undefined) throw new Error('expected a page, got none');
  const [manager] = await client.read('list', [JOB_MANAGER] as const, position.revision);
  note(manager);
  return position;
}

async function publishRead(client: EtcdClient, ref: ResourceRef): Promise<void> {
  const stateKey = KEYS.state({ resourceType: ref.type, resourceId: ref.id });
  return transact<void>(client, 'publish READ_COMPLETE', async () => {
    const [config, state] = await client.read('publish READ_COMPLETE', [KEYS.config(ref), stateKey] as const);
    const version = configVersion(config);
    const published = stateOf(state);
    // What can't be read is not overwritten.
    const stands =
      published !== undefined && (published.version === null || published.version >= (version ?? 0));
    if (version === null || stands) return done(undefined);
    const put = [{ key: stateKey, value: readComplete(version) }];
    return { kind: 'write', transaction: { unchanged: [config, state], put }, outcome: undefined };
  });
}
