/**
 * Texts for people, bounded where they enter. Temporal refuses large commands, and tries a workflow task with such a command again for ever.
 * So no name, reason or message from etcd, from a router or from a person travels through Temporal before it was cut here. Identity does not
 * suffer: gateways and routers are known by their ids. The records in etcd keep the whole text.
 */
import type { Observation } from './plan.ts';
import { isRecord } from './resource.ts';
import type { GatewayRef, Lookup } from './resource.ts';
import type { VrrpTime } from './vrrp-time.ts';

/** Longest texts, in characters. After `oneLine` a character takes at most 4 bytes. */
export const LENGTHS = {
  /** A gateway's, router's or tenant's name. Temporal takes 400 bytes as the summary of a workflow: a pair's summary is two names. */
  name: 48,
  /** Why a gateway failed, or why a pair waits. `/state` has one of them. */
  reason: 500,
  /** Why a saga requests a revert. Every member that waits may carry such a reason. */
  request: 100,
  /** The message of a failure. It may tell of several problems. */
  message: 2_000,
  /** The reason for a maintenance hold: a sentence. Longer ones are refused. */
  hold: 200,
  /** Who did something: `alice@jump-host`. Longer ones are refused. */
  who: 80,
  /** Why a gateway is cancelled, and by whom: a reason as for a hold, and ` (alice@jump-host)`. */
  cancel: 283,
  /** A value in a message that refuses it. */
  value: 80,
  /** The summary of an activity, a row in the Web UI. */
  summary: 95,
} as const;

/** The text on one line, without characters that a terminal would obey, cut to `longest` characters. */
export function oneLine(text: string, longest: number = LENGTHS.reason): string {
  return cut(shownBlanks(text.slice(0, READ * longest)), longest, '…', text.length);
}

/** A blank that looks like a space and is none, such as U+00A0, is shown as `\u00a0`: it is often the very fault that a message tells of. */
export function shownBlanks(text: string): string {
  return text.replace(/(?! )\p{Zs}/gu, (blank) => `\\u${blank.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A name on one line. A name that is too long ends in a digest of the whole, so that two long names differ. */
export function displayName(name: string): string {
  return cut(name, LENGTHS.name, `…${digestOf(name)}`);
}

/** A text may have megabytes. So only its beginning is read: as many times the longest text that is shown. */
const READ = 4;

function cut(text: string, longest: number, end: string, length = text.length): string {
  const readable = READ * longest;
  const line = text
    .slice(0, readable)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim();
  const characters = Array.from(line);
  if (length <= readable && characters.length <= longest) return line;
  return `${characters.slice(0, longest - end.length).join('')}${end}`;
}

/** 32 bits of FNV-1a in hexadecimal digits. It only tells long names apart, and this folder imports nothing. */
function digestOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Bytes of the text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** `MASTER expected within 36.1 s of the commit, 90 s at most` */
export function vrrpTimeText({ masterMs, limitMs }: VrrpTime): string {
  const most = `${secondsText(limitMs)} at most`;
  return masterMs === null
    ? `no VRRP; ${most}`
    : `MASTER expected within ${secondsText(masterMs)} of the commit, ${most}`;
}

/** `36.1 s` */
export function secondsText(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** `MX-1 is held for maintenance: new line card (alice@jump-host, since 2026-01-02T03:04:05.000Z)` */
export function holdText(router: string, hold: Hold): string {
  return `${router} is ${holdWords(hold)}`;
}

interface Hold {
  readonly reason: string;
  readonly by?: string | undefined;
  readonly since: string;
}

/** `held for maintenance: new line card (alice@jump-host, since 2026-01-02T03:04:05.000Z)` */
export function holdWords({ reason, by, since }: Hold): string {
  return `held for maintenance: ${reason} (${by === undefined ? '' : `${oneLine(by, LENGTHS.who)}, `}since ${since})`;
}

/** What a look has seen, in a few words: the VRRP state; else what is more than up and there, such as a BGP session. */
export function seenText({ vrrp, words }: Pick<Observation, 'vrrp' | 'words'>): string {
  return vrrp ?? Object.values(words).find((word) => word !== 'ACTIVE') ?? 'no VRRP configured';
}

/** A gateway in words: `vpn_gateway acme-fra (4fab…)`; without a name of its own `vpn_gateway 4fab…`. */
export function gatewayText({ resourceType, resourceId }: GatewayRef, name: string = resourceId): string {
  return name === resourceId ? `${resourceType} ${resourceId}` : `${resourceType} ${name} (${resourceId})`;
}

/** An edge router in words: `edge router MX-1 (792c…)`; without a name of its own `edge router 792c…`. */
export function routerText(id: string, name: string = id): string {
  return name === id ? `edge router ${id}` : `edge router ${name} (${id})`;
}

/** The text in a field of a record, cut as a name is. `undefined`: there is no record, or no text in the field. */
export function displayNameIn(found: Lookup, field = 'name'): string | undefined {
  const text = isRecord(found) ? found.body[field] : undefined;
  return typeof text === 'string' ? displayName(text) || undefined : undefined;
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
