/** The kinds that come with the program. */
import type { Kind } from '../../gateway/kind.ts';
import { loadKinds } from '../../templates/load.ts';

const kinds = await loadKinds();

function kindOf(resourceType: string): Kind {
  const loaded = kinds.get(resourceType);
  if (!loaded) throw new Error(`no kind ${resourceType}`);
  return loaded.kind;
}

export const VPN = kindOf('vpn_gateway');
export const INTERNET = kindOf('internet_gateway');
