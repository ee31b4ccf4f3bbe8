import type { GatewayOutcome } from '../client/index.ts';
import { printable } from './printable.ts';
import { drawn, type Line, type Look } from './style.ts';

/** How a creation ended, for a person. */
export function outcomeLines(
  outcome: GatewayOutcome,
  { color, ascii = false }: Omit<Look, 'columns'>,
): string[] {
  return linesOf(outcome).map((line) => drawn(line, { color, ascii }));
}

function linesOf(outcome: GatewayOutcome): Line[] {
  if (outcome.kind === 'created') {
    const before = outcome.alreadyEnded ? ' before; nothing was touched now' : '';
    const { primary, secondary } = outcome.routers ?? {};
    return [
      [
        ['green', 'created'],
        ['plain', ` version ${outcome.gateway.version}${before}`],
      ],
      ...(primary && secondary
        ? [[['plain', `VRRP: primary ${word(primary.vrrp)}, secondary ${word(secondary.vrrp)}`]] as const]
        : []),
    ];
  }
  const head = outcome.kind === 'failed' ? `failed (${outcome.type})` : 'cancelled';
  return [
    [
      ['red', head],
      ['plain', `: ${printable(outcome.message)}`],
    ],
    ...outcome.compensation.map((line): Line => [
      ['red', 'not undone'],
      ['plain', `: ${printable(line)}`],
    ]),
  ];
}

function word(vrrp: string | null): string {
  return vrrp === null ? 'not configured' : printable(vrrp);
}
