/** Changes of gateways by their stanzas alone. */
import type { GatewayChange } from '../../../activities/router/presence.ts';
import type { RouterConfiguration } from '../../../gateway/kind.ts';
import { print } from '../../../junos/print.ts';
import type { Path } from '../../../junos/tree.ts';
import { nest } from '../../junos/nest.ts';

/**
 * `before`, `after`: the stanzas of that end, as words; an end without stanzas is nothing. `lines`: further statements of `after`, as the words
 * behind `set`.
 */
export function gatewayChange(
  resourceId: string,
  {
    before = [],
    after = [],
    lines = [],
  }: Readonly<Partial<Record<'before' | 'after' | 'lines', readonly string[]>>>,
): GatewayChange & { readonly owns: readonly Path[] } {
  const end = (owns: readonly string[], more: readonly string[]): RouterConfiguration | null =>
    owns.length === 0
      ? null
      : {
          create: [...owns, ...more].map((line) => print(nest(line.split(' ')))).join(''),
          arrange: [],
          remove: owns.map((stanza) => `delete ${stanza}`),
          owns: owns.map((stanza) => stanza.split(' ')),
          monitors: [],
        };
  return {
    gateway: { resourceType: 'vpn_gateway', resourceId, version: 1 },
    change: { before: end(before, []), after: end(after, lines) },
    owns: [...before, ...after].map((stanza) => stanza.split(' ')),
  };
}
