/** Facts of routers as lines for a person. Pure. */
import { gatewayText } from '../gateway/display.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Retirement } from '../pair/router-record.ts';
import { seconds } from './progress-view.ts';
import { printable } from './printable.ts';
import type { RouterFacts } from './router-facts.ts';
import type { Line } from './style.ts';

/**
 * A head, and a line for each fact.
 *
 * @example
 * MX-1 (792c7a6d…) maintenance, reserved, owes 1
 *   maintenance: new line card (alice@jump, since 2026-05-04T10:00:00.000Z (12.0 s))
 *   reservation 7f3a… of router_pair:198b…+792c… since 2026-05-04T09:59:00.000Z (72.0 s), 3 gateways may be on it
 *   owes the revert of vpn_gateway acme-fra (4fab…) version 1 since 2026-05-04T08:00:00.000Z (7272 s): no route to host
 * MX-9 (a91c77e0…) retired, maintenance
 *   retired by alice@jump since 2026-05-04T10:00:00.000Z (12.0 s): burnt
 *   dropped what it owed of vpn_gateway 4fab… version 1
 */
export function routerLines(router: RouterFacts, now: number): Line[] {
  const { maintenance, reservation, owedChanges, retired, freed, unreadable } = router;
  if (unreadable !== undefined)
    return [
      [
        ['bold', routerWord(router)],
        ['red', ' unreadable'],
      ],
      [['red', `  ${printable(unreadable)}`]],
    ];
  const words = [
    retired ? 'retired' : '',
    maintenance ? 'maintenance' : '',
    reservation ? 'reserved' : '',
    owedChanges.length > 0 ? `owes ${owedChanges.length}` : '',
  ];
  const state = words.filter((word) => word !== '').join(', ');
  const lines: Line[] = [
    [
      ['bold', routerWord(router)],
      [retired ? 'red' : maintenance ? 'yellow' : 'dim', ` ${state === '' ? 'free' : state}`],
    ],
    ...(retired ? retirementLines(retired, now) : []),
  ];
  if (maintenance) {
    const { reason, by, since: from } = maintenance;
    const who = by === undefined ? '' : `${printable(by)}, `;
    lines.push([['yellow', `  maintenance: ${printable(reason)} (${who}since ${since(from, now)})`]]);
  }
  if (freed) {
    const what = freed.from === 'hold' ? 'released' : 'readmitted';
    lines.push([['dim', `  ${what} by ${printable(freed.by)} at ${since(freed.since, now)}`]]);
  }
  if (reservation) {
    const onIt =
      reservation.members.length > 0 ? `, ${gateways(reservation.members.length)} may be on it` : '';
    const whose = `${printable(reservation.id)} of ${printable(reservation.pair)}`;
    lines.push([['plain', `  reservation ${whose} since ${since(reservation.since, now)}${onIt}`]]);
  }
  for (const owedChange of owedChanges) {
    const what = `  owes the ${owedChange.deletion ? 'deletion' : 'revert'} of ${gatewayWord(owedChange.gateway, owedChange.name)}`;
    lines.push([['red', `${what} since ${since(owedChange.since, now)}: ${printable(owedChange.reason)}`]]);
  }
  return lines;
}

function retirementLines({ since: from, by, reason, dropped, more = 0 }: Retirement, now: number): Line[] {
  return [
    [['red', `  retired by ${printable(by)} since ${since(from, now)}: ${printable(reason)}`]],
    ...dropped.map((gateway): Line => [['plain', `  dropped what it owed of ${gatewayWord(gateway)}`]]),
    ...(more > 0 ? [[['plain', `  dropped what it owed of ${more} more`]] satisfies Line] : []),
  ];
}

export function routerWord({ id, name }: Pick<RouterFacts, 'id' | 'name'>): string {
  return name === null ? printable(id) : `${printable(name)} (${printable(id)})`;
}

/** `vpn_gateway acme-fra (4fab…) version 1`. `name`: absent or `null` if it is not known. */
export function gatewayWord(gateway: GatewayVersion, name?: string | null): string {
  return printable(`${gatewayText(gateway, name ?? undefined)} version ${gateway.version}`);
}

/** The time itself, and how long ago that is. */
export function since(time: string, now: number): string {
  const span = now - Date.parse(time);
  return Number.isNaN(span) ? printable(time) : `${printable(time)} (${seconds(Math.max(0, span))})`;
}

export function gateways(count: number): string {
  return count === 1 ? '1 gateway' : `${count} gateways`;
}
