import type { Lookup, ResourceRef } from '../gateway/resource.ts';

/** Records of `/config`, all as they were at the revision of the first read. */
export interface Snapshot {
  /** Never throws for bad data: what is not a record comes back as `missing` or `malformed`. */
  read(ref: ResourceRef): Promise<Lookup>;
  /** `/config/v2.0/heat_templates/<id>`, as of the same revision. */
  readTemplate(id: string): Promise<Lookup>;
}
