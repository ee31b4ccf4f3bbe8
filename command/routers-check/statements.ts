/** What a trial loads: one statement of each sort that gateways own, and the statement that it commits. */
import type { GatewayChange } from '../../activities/router/presence.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { discardChanges, loadText } from '../../netconf/operations.ts';
import { describeRpcError } from '../../netconf/rpc-error.ts';
import type { Session } from '../../netconf/session.ts';

const NAME = 'gateway-saga-check';

/** One statement of each sort. They are only loaded and discarded, never committed. The login class in `docs/routers.md` allows all of them. */
export const SORTS = [
  { name: 'units', text: `interfaces { ae0 { unit 16385 { description ${NAME}; } } }` },
  { name: 'instances', text: `routing-instances { ${NAME} { instance-type virtual-router; } }` },
  { name: 'filter terms', text: `firewall { family inet { filter ${NAME} { term a { then accept; } } } }` },
  { name: 'prefix-lists', text: `policy-options { prefix-list ${NAME} { 192.0.2.0/24; } }` },
  {
    name: 'policy terms',
    text: `policy-options { policy-statement ${NAME} { term a { then accept; } } }`,
  },
] as const;

/** Loads each sort under our lock, and discards it. Resolves to those that the router refuses. */
export async function refusedSorts(
  session: Session,
): Promise<readonly { readonly name: string; readonly why: string }[]> {
  const refused: { name: string; why: string }[] = [];
  for (const { name, text } of SORTS) {
    const [loaded, discarded] = await session.pipeline([loadText(text), discardChanges()]);
    if (discarded.kind === 'failed') throw discarded.error;
    if (loaded.kind === 'done') continue;
    if (!(loaded.error instanceof RpcFailedError)) throw loaded.error;
    refused.push({ name, why: loaded.error.errors.map(describeRpcError).join('; ') });
  }
  return refused;
}

/** Where the statement is tried, in this order. */
export const STANZAS = ['routing-instances', 'policy-options', 'firewall', 'interfaces'] as const;

/** The change that a trial makes: an `apply-macro` that names the trial. A macro is data for scripts; the router itself does nothing with it. */
export function macroUnder(stanza: (typeof STANZAS)[number], trial: string): GatewayChange {
  const path = [stanza, 'apply-macro', NAME];
  return {
    gateway: { resourceType: 'check', resourceId: NAME, version: 1 },
    change: {
      before: null,
      after: {
        create: `${stanza} {\n    apply-macro ${NAME} {\n        trial ${trial};\n    }\n}\n`,
        arrange: [],
        remove: [`delete ${path.join(' ')}`],
        owns: [path],
        monitors: [],
      },
    },
  };
}
