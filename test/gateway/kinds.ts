/** The kinds that come with the program. */
import assert from 'node:assert/strict';
import type { Kind, Kinds } from '../../gateway/kind.ts';
import { kindFor, schemasOf } from '../../gateway/kind.ts';
import { resolve } from '../../gateway/resolve.ts';
import type { ResourceRecord, ResourceRef } from '../../gateway/resource.ts';
import { packagedKinds } from './packaged-kinds.ts';

export const kinds: Kinds = await packagedKinds();

type TwoJobs = Kind & Required<Pick<Kind, 'monitoring'>>;

/** A kind without variants that has both jobs. */
export function kindOf(resourceType: string, among: Kinds = kinds): TwoJobs {
  const kind = among.get(resourceType)?.kind;
  if (!kind || 'variants' in kind) throw new Error(`no kind ${resourceType}`);
  const { monitoring } = kind;
  if (monitoring === undefined) throw new Error(`one job only: ${resourceType}`);
  return { ...kind, monitoring };
}

export const VPN = kindOf('vpn_gateway');
export const INTERNET = kindOf('internet_gateway');
/** Of all that a gateway may refer to. */
export const SCHEMAS = schemasOf(kinds);

/** A gateway among the records that it may refer to, by type and id. Its kind and its parameters; it must have no problem. */
export async function resolvedAmong(records: ReadonlyMap<string, ResourceRecord>, { type, id }: ResourceRef) {
  const record = records.get(`${type} ${id}`);
  const loaded = kinds.get(type);
  assert.ok(record && loaded, type);
  const kind = kindFor(loaded.kind, record.body);
  assert.ok(kind, type);
  const read = (ref: ResourceRef) =>
    Promise.resolve(records.get(`${ref.type} ${ref.id}`) ?? ({ kind: 'missing' } as const));
  const found = await resolve(kind, record, read, SCHEMAS);
  assert.ok(found.kind === 'resolved', JSON.stringify(found));
  return { ...found, kind };
}
