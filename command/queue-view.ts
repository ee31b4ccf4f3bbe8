/** Queues of router pairs as lines for a person. Pure. */
import type { PairStatus } from '../client/index.ts';
import type { PairQueue } from '../pair/messages.ts';
import { printable } from './printable.ts';
import { gatewayWord, since } from './router-view.ts';
import type { Line } from './style.ts';

/**
 * The lines of one pair: a head, what blocks the pair, its workflow, the gateways of its batch, the gateways that wait, how many more wait at the door
 * because the pair is full, and what its routers owe. A gateway of the batch is shown as `trial` in the phases `ON_TRIAL`, and as `next` in all others.
 *
 * @example
 * MX-1 + MX-2  waiting for verdicts since 2026-05-04T10:00:00.000Z (12.0 s)
 *   router_pair:198b…+792c…, reservation 7f3a…
 *   trial    vpn_gateway vpn_gw (4fab…) version 1, to be confirmed
 *   waits    internet_gateway inet_gw (429e…) version 1 since 2026-05-04T10:00:05.000Z (7.0 s)
 */
export function queueLines(
  { workflowId, queue }: PairStatus,
  nameOf: (routerId: string) => string,
  now: number,
): Line[] {
  if (!queue)
    return [
      [
        ['bold', printable(workflowId)],
        ['yellow', '  no worker answers'],
      ],
    ];
  const reservation = queue.reservation === null ? '' : `, reservation ${printable(queue.reservation)}`;
  return [
    [
      ['bold', pairName(queue.routers, nameOf)],
      ['cyan', `  ${printable(queue.phase)}`],
      ['plain', ` since ${since(queue.since, now)}`],
    ],
    ...(queue.blockedBy === null ? [] : [line('yellow', `blocked  ${printable(queue.blockedBy)}`)]),
    [['dim', `  ${printable(workflowId)}${reservation}`]],
    ...queue.batch.map((member) => memberLine(member, ON_TRIAL.has(queue.phase))),
    ...queue.waiting.map(({ gateway, name, since: time }) =>
      line('plain', `waits    ${gatewayWord(gateway, name)} since ${since(time, now)}`),
    ),
    ...(queue.door.standing === 0 ? [] : [line('plain', `waits    ${queue.door.standing} more at the door`)]),
    ...(queue.owing === undefined ? [] : owingLines(queue.owing)),
    ...(queue.batch.length + queue.waiting.length + queue.door.standing > 0
      ? []
      : [line('dim', 'no gateway waits, none is in a batch')]),
  ];
}

/** `MX-1 + MX-2`: in the order of their names, as everywhere. */
export function pairName(routerIds: readonly string[], nameOf: (routerId: string) => string): string {
  return routerIds
    .map(nameOf)
    .toSorted((one, other) => one.localeCompare(other, undefined, { numeric: true }))
    .join(' + ');
}

function owingLines({ routers, nextLook, inTheWay }: NonNullable<PairQueue['owing']>): Line[] {
  const why = inTheWay === null ? '' : ` (${printable(inTheWay)})`;
  return routers.map(({ name, changes }) =>
    line('red', `owes     ${printable(name)} owes ${changes}, next look at ${printable(nextLook)}${why}`),
  );
}

const VERDICTS = { confirm: 'to be confirmed', revert: 'to be reverted' } as const;
/** Phases between the commits of the batch and the end of its reservation. */
const ON_TRIAL: ReadonlySet<string> = new Set(['waiting for verdicts', 'settling']);

function memberLine({ gateway, name, verdict }: PairQueue['batch'][number], isOnTrial: boolean): Line {
  const word = verdict === null ? 'no verdict yet' : VERDICTS[verdict];
  const style = verdict === 'confirm' ? 'green' : verdict === 'revert' ? 'red' : 'plain';
  return line(style, `${isOnTrial ? 'trial' : 'next '}    ${gatewayWord(gateway, name)}, ${word}`);
}

function line(style: Line[number][0], text: string): Line {
  return [[style, `  ${text}`]];
}
