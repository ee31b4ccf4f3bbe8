/**
 * The log line of a commit. It marks the commit as ours, and names its reservation and its gateways: what etcd has lost can be read there.
 *
 *     gateway-saga reservation 5f0c2a91.7 until 2026-05-04T10:05:00.000Z: vpn_gateway:4fab… version 1, 2 more ~Zk3xQ-1b
 *     gateway-saga reservation 5f0c2a91.7 reverted: vpn_gateway:4fab… version 1
 *     gateway-saga reservation 5f0c2a91.9 until 2026-05-04T10:25:00.000Z: vpn_gateway:4fab… version 2 deleted
 *
 * Junos keeps 512 characters of it. Gateways that don't fit by name are named by a digest of 4 characters each, behind `~`.
 */
import { createHash } from 'node:crypto';
import type { GatewayRef, GatewayVersion } from '../../gateway/resource.ts';
import type { CommitEntry, CommitHistory } from '../../netconf/operations.ts';

/** Junos: `log` of `commit` takes up to 512 characters. */
const LOG_LENGTH = 512;
const DIGEST_LENGTH = 4;
const DELETED = ' deleted';

/** A gateway as a log line names it. */
export interface LoggedGateway extends GatewayVersion {
  /** The commit removes the gateway. Absent: it does not. */
  readonly isDeleted?: boolean;
}

export interface LogLine {
  readonly reservation: string;
  /** Of a commit on trial: when it falls back at the earliest, in ms since the epoch, by the worker's clock ("deadline margin", T2). */
  readonly until?: number;
  /** What the commit did to the gateways that it names. `neither`: it only confirmed an earlier commit. */
  readonly did: 'applied' | 'reverted' | 'neither';
  /** How many gateways the commit was for, named or not. */
  readonly count: number;
  /** The gateways that the line has by their whole name. */
  readonly gateways: readonly GatewayVersion[];
  /** Whether the line names the gateway, whatever its version. */
  readonly names: (gateway: GatewayRef) => boolean;
  /** Whether the line says that the commit removes the gateway. */
  readonly deletes: (gateway: GatewayRef) => boolean;
}

/** A commit of ours as the history shows it. */
export interface OwnCommit {
  readonly entry: CommitEntry;
  readonly line: LogLine;
}

/** Log line of a commit on trial. */
export function trialLogLine(reservation: string, until: number, gateways: readonly LoggedGateway[]): string {
  return logLine(`reservation ${reservation} until ${new Date(until).toISOString()}`, gateways);
}

/** Log line of any other commit. `what`: `kept`, `reverted`, `plain`, `owed, reverted`. */
export function permanentLogLine(
  reservation: string,
  what: string,
  gateways: readonly LoggedGateway[],
): string {
  return logLine(`reservation ${reservation} ${what}`, gateways);
}

function logLine(what: string, gateways: readonly LoggedGateway[]): string {
  const lineOf = (shown: number, isDigested: boolean) => {
    const rest = gateways.slice(shown);
    const digests = isDigested ? ` ~${rest.map(digestOf).join('')}` : '';
    const words = gateways
      .slice(0, shown)
      .map((gateway) => `${wordOf(gateway)}${gateway.version}${gateway.isDeleted === true ? DELETED : ''}`);
    if (rest.length > 0) words.push(`${rest.length} more${digests}`);
    return `gateway-saga ${what}${words.length === 0 ? '' : `: ${words.join(', ')}`}`;
  };
  for (const isDigested of [true, false]) {
    for (let shown = gateways.length; shown >= 0; shown -= 1) {
      const line = lineOf(shown, isDigested);
      if (line.length <= LOG_LENGTH) return line;
    }
  }
  return lineOf(0, false);
}

/** `undefined`: the commit is not ours. */
export function readLogLine(log: string | undefined): LogLine | undefined {
  const found = /^gateway-saga reservation (\S+?):?(?: until (\S+Z))?(?=[: ]|$)/.exec(log ?? '');
  if (log === undefined || found?.[1] === undefined) return undefined;
  const until = Date.parse(found[2] ?? '');
  const [, what = '', list = ''] =
    /^gateway-saga reservation \S+ (until \S+Z|[a-z, ]+)(?:: (.*))?$/s.exec(log) ?? [];
  const words = list === '' ? [] : list.split(', ');
  const more = /^([0-9]+) more(?: ~([\w-]*))?$/.exec(words.at(-1) ?? '');
  const named = more === null ? words : words.slice(0, -1);
  const digests: readonly string[] = more?.[2]?.match(/.{4}/g) ?? [];
  const isTrial = !Number.isNaN(until);
  const has = (gateway: GatewayRef, isDeleted: boolean) => {
    const form = new RegExp(`^[0-9]+${isDeleted ? DELETED : ''}$`);
    const word = wordOf(gateway);
    const isNamed = named.some((one) => one.startsWith(word) && form.test(one.slice(word.length)));
    return isNamed || digests.includes(digestOf({ ...gateway, isDeleted }));
  };
  return {
    reservation: found[1],
    ...(isTrial && { until }),
    did: isTrial || what === 'plain' ? 'applied' : what.endsWith('reverted') ? 'reverted' : 'neither',
    gateways: named.flatMap((word) => {
      const [, resourceType, resourceId, version] =
        /^([^:]+):(.+) version ([0-9]+)(?: deleted)?$/.exec(word) ?? [];
      const isWhole = resourceType !== undefined && resourceId !== undefined;
      return isWhole ? [{ resourceType, resourceId, version: Number(version) }] : [];
    }),
    count: named.length + Number(more?.[1] ?? 0),
    names: (gateway) => has(gateway, false) || has(gateway, true),
    deletes: (gateway) => has(gateway, true),
  };
}

/**
 * The commit that put the gateway on the router, if nothing of ours and no fall-back has removed it since. `undefined` also if that commit
 * is too old for the history, which has 50 entries.
 */
export function commitThatApplied(history: CommitHistory, gateway: GatewayRef): OwnCommit | undefined {
  const last = lastCommitOf(history, gateway);
  if (last === undefined || last.fellBack || last.line.did !== 'applied') return undefined;
  return last.line.deletes(gateway) ? undefined : last;
}

/** Our newest commit that names the gateway, and whether the router fell back from it. `undefined`: the history has none. */
export function lastCommitOf(
  history: CommitHistory,
  gateway: GatewayRef,
): (OwnCommit & { readonly fellBack: boolean }) | undefined {
  let newer: CommitEntry | undefined;
  for (const entry of history) {
    const line = readLogLine(entry.log);
    // The router falls back by a commit of its own, which follows the commit on trial directly.
    if (line?.names(gateway))
      return { entry, line, fellBack: line.until !== undefined && newer?.client === 'other' };
    newer = entry;
  }
  return undefined;
}

function wordOf({ resourceType, resourceId }: GatewayRef): string {
  return `${resourceType}:${resourceId} version `;
}

function digestOf(gateway: GatewayRef & Pick<LoggedGateway, 'isDeleted'>): string {
  const word = `${wordOf(gateway)}${gateway.isDeleted === true ? DELETED : ''}`;
  return createHash('sha256').update(word).digest('base64url').slice(0, DIGEST_LENGTH);
}
