/**
 * Finds the kind of a gateway: in etcd, at the revision of the plan's snapshot. If gateway-saga has published none there, in the worker's
 * folder.
 */
import type { LoadedKind } from '../../gateway/kind.ts';
import type { Kinds } from '../dependencies.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import { isForeign } from '../../etcd/templates.ts';
import type { TemplateLookup } from '../../etcd/templates.ts';
import { KindError } from '../../templates/errors.ts';
import { fromHeatTemplates, isSingle } from '../../templates/published.ts';

/**
 * The kind by which a gateway is planned; `undefined` if there is none. Throws a `KindError` if only one of two templates that make a kind is
 * published, or if what is published is broken. The folder doesn't replace a broken publication, because an operator must notice it.
 */
export async function kindOf(
  resourceType: string,
  kinds: Kinds,
  snapshot: Snapshot,
): Promise<LoadedKind | undefined> {
  const ids = [resourceType, `${resourceType}_monitoring`];
  const found = await Promise.all(ids.map((id) => snapshot.readTemplate(id)));
  const published = found.slice(0, isWhole(found[0]) ? 1 : 2);
  if (published.every((template) => 'kind' in template)) {
    const leftAlone = ids.filter((_, index) => isForeign(published[index]));
    const loaded = kinds.get(resourceType);
    return loaded && leftAlone.length > 0 ? { ...loaded, leftAlone } : loaded;
  }
  const bodies = published.map((template, index) => {
    if (!('kind' in template)) return template.body;
    const got = template.kind === 'foreign' ? template.reason : 'nothing';
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

/** Whether it is a kind of its own. Then what else is published for the type is older, or another's. */
function isWhole(template: TemplateLookup | undefined): boolean {
  return template !== undefined && !('kind' in template) && isSingle(template.body);
}
