/** The kinds that come with the program. */
import type { Kind, Kinds } from '../../gateway/kind.ts';
import { schemasOf } from '../../gateway/kind.ts';
import { loadKinds } from '../../templates/load.ts';

const kinds = await loadKinds();

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
