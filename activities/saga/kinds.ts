/** Finds the kind of a gateway: in etcd, at the revision of the plan's snapshot. If etcd has none, in the worker's folder. */
import type { LoadedKind } from '../../gateway/kind.ts';
import type { Kinds } from '../dependencies.ts';
import { isRecord } from '../../gateway/resource.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import { KindError } from '../../templates/errors.ts';
import { fromHeatTemplates } from '../../templates/published.ts';

/**
 * The kind by which a gateway is planned; `undefined` if there is none. Throws a `KindError` if only one of the kind's two templates is
 * published, or if what is published is broken. The folder doesn't replace a broken publication, because an operator must notice it.
 */
export async function kindOf(
  resourceType: string,
  kinds: Kinds,
  snapshot: Snapshot,
): Promise<LoadedKind | undefined> {
  const ids = [resourceType, `${resourceType}_monitoring`];
  const published = await Promise.all(ids.map((id) => snapshot.readTemplate(id)));
  if (published.every((template) => 'kind' in template && template.kind === 'missing'))
    return kinds.get(resourceType);
  const bodies = published.map((template, index) => {
    if (isRecord(template)) return template.body;
    const got = template.kind === 'malformed' ? template.reason : 'nothing';
    throw new KindError(`heat template ${ids[index]}`, '', 'a published template', got);
  });
  const loaded = fromHeatTemplates(bodies);
  if (loaded.kind.resourceType === resourceType) return loaded;
  throw new KindError(
    `heat template ${ids[0]}`,
    'resourceType',
    `"${resourceType}"`,
    `"${loaded.kind.resourceType}"`,
  );
}
