/** Where kinds come from: published in etcd, as of the snapshot planned from, or else the worker's folder. */
import type { LoadedKind } from '../gateway/kind.ts';
import { isRecord } from '../gateway/resource.ts';
import type { Snapshot } from '../etcd/snapshot.ts';
import { fromHeatTemplates } from '../templates/published.ts';

/** The kinds of the worker's folder, by resource type. */
export type Kinds = ReadonlyMap<string, LoadedKind>;

/**
 * The kind by which a gateway is planned; `undefined` when there is none.
 * Throws when what is published is not a kind: a broken publication must be seen, not papered over from the folder.
 */
export async function kindOf(
  resourceType: string,
  kinds: Kinds,
  snapshot: Snapshot,
): Promise<LoadedKind | undefined> {
  const [provisioning, monitoring] = await Promise.all([
    snapshot.readTemplate(resourceType),
    snapshot.readTemplate(`${resourceType}_monitoring`),
  ]);
  if (isRecord(provisioning) && isRecord(monitoring))
    return fromHeatTemplates([provisioning.body, monitoring.body]);
  return kinds.get(resourceType);
}
