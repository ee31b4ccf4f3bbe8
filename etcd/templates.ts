/**
 * Kinds of gateways as they are published: records in the form of the reference system's heat templates. That system has records of its own under the same
 * keys, in another language. Our records carry a mark. A record without the mark is left alone: it is never read as a kind, and never overwritten.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../gateway/resource.ts';
import type { Lookup } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import { configVersion, recordOf } from './envelope.ts';

/** The field of a body that says whose it is. */
const MARK = { published_by: 'gateway-saga' } as const;

export type TemplateOutcome =
  /** `unchanged`: the same content stood there; nothing was written. */
  | { readonly kind: 'written' | 'unchanged'; readonly key: string; readonly version: number }
  /** A record that gateway-saga did not publish stands there. Nothing was written. */
  | { readonly kind: 'foreign'; readonly key: string };

/** The body of a template, under `<prefix><id>`. */
export interface TemplateRecord {
  readonly id: string;
}

/** `foreign`: something without the mark stands there, whether it can be read or not. The body of a record of ours is given without the mark. */
export type TemplateLookup = Exclude<Lookup, { kind: 'malformed' }> | Foreign;

interface Foreign {
  readonly kind: 'foreign';
  readonly reason: string;
}

export function templateOf(id: string, entry: Entry): TemplateLookup {
  const found = recordOf({ type: 'heat_template', id }, entry);
  if (!isRecord(found)) return found.kind === 'missing' ? found : { kind: 'foreign', reason: found.reason };
  const { published_by: by, ...body } = found.body;
  if (by === MARK.published_by) return { ...found, body };
  return { kind: 'foreign', reason: 'a record that gateway-saga did not publish' };
}

/**
 * Resource types of all kinds that are published under the prefix: each as one template, `<type>`, which says so, or as two, `<type>` and
 * `<type>_monitoring`.
 */
export async function publishedKinds(client: EtcdClient, prefix: string): Promise<readonly string[]> {
  const entries = await client.readPrefix('published kinds', prefix);
  const ours = entries
    .map((entry) => ({ id: entry.key.slice(prefix.length), entry }))
    .flatMap(({ id, entry }) => {
      const found = templateOf(id, entry);
      return 'kind' in found ? [] : [{ id, isSingle: found.body['single'] === true }];
    });
  const ids = new Set(ours.map(({ id }) => id));
  return ours.filter(({ id, isSingle }) => isSingle || ids.has(`${id}_monitoring`)).map(({ id }) => id);
}

/** Of the keys `<prefix><id>`, those under which something stands that gateway-saga did not publish. */
export async function foreignTemplates(
  client: EtcdClient,
  prefix: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const entries = await client.read(
    'published kinds',
    ids.map((id) => `${prefix}${id}`),
  );
  return entries
    .filter((entry, index) => isForeign(templateOf(ids[index] ?? '', entry)))
    .map(({ key }) => key);
}

export function isForeign(found: TemplateLookup | undefined): found is Foreign {
  return found !== undefined && 'kind' in found && found.kind === 'foreign';
}

/** In one transaction: whoever plans by a kind must not see one of its templates without the other. */
export function publishTemplates(
  client: EtcdClient,
  prefix: string,
  templates: readonly TemplateRecord[],
): Promise<readonly TemplateOutcome[]> {
  return transact<readonly TemplateOutcome[]>(client, 'publish templates', async (_, unanswered = []) => {
    const entries = await client.read(
      'publish templates',
      templates.map(({ id }) => `${prefix}${id}`),
    );
    const all = templates.map((template, index) => published(template, entries[index] as Entry));
    const outcomes = all.map(({ outcome }) => outcome);
    const foreign = outcomes.filter(({ kind }) => kind === 'foreign');
    if (foreign.length > 0) return done(foreign);
    const put = all.flatMap(({ value, outcome: { key } }) => (value === undefined ? [] : [{ key, value }]));
    if (put.length === 0)
      return done(
        outcomes.map((outcome) => unanswered.find((one) => isSameVersion(one, outcome)) ?? outcome),
      );
    return { kind: 'write', transaction: { unchanged: entries, put }, outcome: outcomes };
  });
}

function isSameVersion(one: TemplateOutcome, other: TemplateOutcome): boolean {
  return one.key === other.key && 'version' in one && 'version' in other && one.version === other.version;
}

/** What publishing a template means where this entry stands: the outcome, and the value to be written. Without a `value` nothing is written. */
function published(
  template: TemplateRecord,
  entry: Entry,
): { readonly outcome: TemplateOutcome; readonly value?: unknown } {
  const { key } = entry;
  const found = templateOf(template.id, entry);
  if (isForeign(found)) return { outcome: { kind: 'foreign', key } };
  const isSame =
    !('kind' in found) &&
    !found.markedForDeletion &&
    isDeepStrictEqual(found.body, JSON.parse(JSON.stringify(template)));
  if (isSame) return { outcome: { kind: 'unchanged', key, version: found.version } };
  const version = (configVersion(entry) ?? 0) + 1;
  const body = JSON.stringify({ ...template, ...MARK });
  return {
    outcome: { kind: 'written', key, version },
    value: { body, version, marked_for_deletion: false },
  };
}
