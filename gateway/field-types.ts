/** What the values of each field type look like. Everything that reaches a router's configuration is checked here first. */
import { isIpv4, isIpv6, isPrefix } from './ip-address.ts';
import type { FieldRule } from './resource.ts';

/** What a value of each type must be, in words for a person: a message says "expected" before them. */
export const EXPECTED: Readonly<Record<FieldRule['type'], string>> = {
  string: 'a string',
  integer: 'an integer',
  name: 'a name (at most 63 letters, digits, "_", ".", ":", "/" or "-", beginning with a letter or digit; no comment mark and no word of the configuration language)',
  text: 'one line of at most 255 printable ASCII characters without quotes, backslashes, braces, ";", "#" and comment marks',
  configuration:
    'configuration text of at most 64 KiB in ASCII, without control characters other than newline and tab',
  vlan: 'a VLAN from 1 to 4094',
  'vlan-ranges': 'VLAN ranges like "0-1024,4094"',
  host: 'a host name or an IP address',
  port: 'a port from 1 to 65535',
  ipv4: 'an IPv4 address like 192.0.2.1, without leading zeros',
  ipv6: 'an IPv6 address in its shortest form, like 2001:db8::1, in lower case and without a zone',
  prefix: 'an address and its length, like 192.0.2.0/24 or 2001:db8::/32, each in its shortest form',
  address:
    'an address with or without its length, like 192.0.2.1 or 2001:db8::/32, each in its shortest form',
  object: 'an object',
  list: 'a list of objects',
};

/** What a value must be by the whole rule. */
export function expectedOf({ type, values, minimum, maximum }: FieldRule): string {
  if (values !== undefined) return `one of ${values.join(', ')}`;
  if (type !== 'integer' || (minimum ?? maximum) === undefined) return EXPECTED[type];
  if (maximum === undefined) return `an integer of at least ${minimum}`;
  return minimum === undefined
    ? `an integer of at most ${maximum}`
    : `an integer from ${minimum} to ${maximum}`;
}

/**
 * Whether the value is of the rule's type, and one of the values that the rule allows. The members of an object and the entries of a list are not looked
 * at: they have rules of their own.
 */
export function matchesRule(value: unknown, { type, values, minimum, maximum }: FieldRule): boolean {
  if (!matchesType(value, type)) return false;
  if (values !== undefined) return values.some((one) => one === value);
  return typeof value !== 'number' || (value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity));
}

export function matchesType(value: unknown, type: FieldRule['type']): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'name':
      return typeof value === 'string' && isName(value);
    case 'text':
      return typeof value === 'string' && /^[ !$-:<-[\]-z|~]{0,255}$/.test(value) && !COMMENT.test(value);
    case 'configuration':
      return typeof value === 'string' && isConfiguration(value);
    case 'vlan':
      return vlanOf(value) !== undefined;
    case 'vlan-ranges':
      return typeof value === 'string' && rangesOf(value) !== undefined;
    case 'host':
      return typeof value === 'string' && isHost(value);
    case 'port':
      return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
    case 'ipv4':
      return typeof value === 'string' && isIpv4(value);
    case 'ipv6':
      return typeof value === 'string' && isIpv6(value);
    case 'prefix':
      return typeof value === 'string' && isPrefix(value);
    case 'address':
      return typeof value === 'string' && (isPrefix(value) || isIpv4(value) || isIpv6(value));
    case 'object':
      return isObject(value);
    case 'list':
      return Array.isArray(value) && value.every(isObject);
    default:
      return type satisfies never;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What begins or ends a comment in configuration text. Templates refuse it in names and texts as well. */
const COMMENT = /\/\*|\*\/|\/\//;

/**
 * Words that Junos does not take for names. `apply-*` statements may stand at any level, and a word with a colon at its end is a tag of
 * `load` (`replace:`, `delete:`, `inactive:`).
 */
const RESERVED = new Set(['apply-groups', 'apply-groups-except', 'apply-macro', 'apply-flags']);

function isName(value: string): boolean {
  const isWord = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,62}$/.test(value);
  return isWord && !COMMENT.test(value) && !value.endsWith(':') && !RESERVED.has(value);
}

/** A character that configuration text must not have. */
export const BEYOND_CONFIGURATION = /[^\t\n -~]/u;

function isConfiguration(value: string): boolean {
  return value.length <= 65_536 && !BEYOND_CONFIGURATION.test(value);
}

function isHost(value: string): boolean {
  if (value.includes(':')) return /^[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]{1,32})?$/.test(value);
  return value.length <= 253 && /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value);
}

/** The VLAN that a number or decimal string stands for (IEEE 802.1Q: 0 and 4095 are reserved). */
export function vlanOf(value: unknown): number | undefined {
  const vlan = typeof value === 'string' && /^[1-9][0-9]{0,3}$/.test(value) ? Number(value) : value;
  return typeof vlan === 'number' && Number.isSafeInteger(vlan) && vlan >= 1 && vlan <= 4094
    ? vlan
    : undefined;
}

/** `"0-1024,4094"` → `[[0, 1024], [4094, 4094]]`; the empty string names no VLAN. */
export function rangesOf(text: string): (readonly [number, number])[] | undefined {
  if (text.trim() === '') return [];
  const ranges: (readonly [number, number])[] = [];
  for (const part of text.split(',')) {
    const match = /^\s*([0-9]{1,4})\s*(?:-\s*([0-9]{1,4})\s*)?$/.exec(part);
    if (!match) return undefined;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (from > to || to > 4095) return undefined;
    ranges.push([from, to]);
  }
  return ranges;
}
