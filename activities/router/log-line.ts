/** What a router's commit history says of us: whose turn, until when, which gateways. It is how we know our own (T5). */
import type { GatewayVersion } from '../../gateway/resource.ts';

/** Junos: "log" of `commit` takes up to 512 characters. */
const LENGTH = 512;

export interface LogLine {
  readonly reservation: string;
  /** Of a confirmed commit: when it falls back at the earliest, in ms since the epoch, by our clock (T2). */
  readonly until?: number;
}

/** Of what is on trial. */
export function logApplied(reservation: string, until: number, gateways: readonly GatewayVersion[]): string {
  return logLine(`turn ${reservation} until ${new Date(until).toISOString()}`, gateways);
}

/** Of everything else: `kept`, `removed`, `plain`, `owed`. */
export function logDone(reservation: string, what: string, gateways: readonly GatewayVersion[]): string {
  return logLine(`turn ${reservation} ${what}`, gateways);
}

function logLine(what: string, gateways: readonly GatewayVersion[]): string {
  const names = gateways.map(
    ({ resourceType, resourceId, version }) => `${resourceType}:${resourceId} version ${version}`,
  );
  const line = (shown: number) => {
    const rest = names.length - shown;
    const words = [...names.slice(0, shown), ...(rest > 0 ? [`${rest} more`] : [])];
    return `gateway-saga ${what}${words.length === 0 ? '' : `: ${words.join(', ')}`}`;
  };
  let shown = names.length;
  while (shown > 0 && line(shown).length > LENGTH) shown -= 1;
  return line(shown);
}

/** `undefined`: not ours. */
export function readLogLine(log: string | undefined): LogLine | undefined {
  const found = /^gateway-saga turn (\S+?):?(?: until (\S+Z))?(?=[: ]|$)/.exec(log ?? '');
  if (found?.[1] === undefined) return undefined;
  const until = Date.parse(found[2] ?? '');
  return { reservation: found[1], ...(Number.isNaN(until) ? {} : { until }) };
}
