/** The flat fields of what the SDK, its native core and this worker hand over with a message. */
import type { ChangeEnd } from '../../gateway/change-end.ts';
import { LENGTHS } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { LogFields } from './line.ts';

/**
 * The limits of a line: how many fields it has, how deep an object is flattened, how many characters of a stack and how many errors of a chain of causes
 * it tells.
 */
const MOST = { fields: 60, depth: 3, stack: 8_000, causes: 3 };

type Value = LogFields[string];

/** `{ a: { b: 1 } }` becomes `a.b`. What says nothing, such as `null` or an empty list, is left out. */
export function fieldsOf(given: Readonly<Record<string, unknown>>): LogFields {
  return Object.fromEntries(flatten('', given, 0).slice(0, MOST.fields));
}

/** The fields of the line that tells how a change ended. */
export function fieldsOfEnd(end: ChangeEnd): Readonly<Record<string, unknown>> {
  const { resourceType, resourceId, name, version, action, pairNames, seconds } = end;
  return {
    gateway: `${resourceType}:${resourceId}`,
    ...(name !== resourceId && { name }),
    version,
    action,
    pair: pairNames?.join('+'),
    seconds: Math.round(seconds * 10) / 10,
    outcome: end.outcome,
    alreadyEnded: end.alreadyEnded,
    type: end.failureType,
    reason: end.reason,
  };
}

/** Whether the error is a failure that the program knows, such as a refused VLAN: its message tells everything, and its stack tells nothing. */
export function isExpected(error: unknown): error is Error & { readonly type: string } {
  const type = typeOf(error);
  return type !== undefined && type !== FAILURES.Internal && Object.hasOwn(FAILURES, type);
}

function typeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('type' in error)) return undefined;
  return typeof error.type === 'string' ? error.type : undefined;
}

function flatten(key: string, value: unknown, depth: number): [string, Value][] {
  if (value instanceof Error) return errorFields(key, value);
  if (Array.isArray(value)) return value.length === 0 ? [] : [[key, cut(listed(value))]];
  switch (typeof value) {
    case 'string':
      return value === '' ? [] : [[key, cut(value)]];
    case 'number':
      return [[key, Number.isFinite(value) ? value : String(value)]];
    case 'boolean':
      return [[key, value]];
    case 'bigint':
      return [[key, String(value)]];
    case 'object':
      break;
    default:
      return [];
  }
  if (value === null) return [];
  if (ArrayBuffer.isView(value)) return [[key, `${value.byteLength} bytes`]];
  if (value instanceof Date) return [[key, value.toISOString()]];
  if (depth >= MOST.depth) return [[key, cut(json(value))]];
  return Object.entries(value).flatMap(([name, inner]) => {
    const safe = name.replaceAll(/[^\w-]/g, '_');
    return flatten(key === '' ? safe : `${key}.${safe}`, inner, depth + 1);
  });
}

function errorFields(key: string, error: Error): [string, Value][] {
  const fields: [string, Value][] = [
    [key, cut(error.message)],
    [`${key}.type`, typeOf(error) ?? error.name],
  ];
  return isExpected(error) ? fields : [...fields, [`${key}.stack`, stackOf(error)]];
}

/** The stack of an error and of its causes. */
export function stackOf(error: Error): string {
  const stacks: string[] = [];
  for (let at: unknown = error; at instanceof Error && stacks.length < MOST.causes; at = at.cause)
    stacks.push(at.stack ?? `${at.name}: ${at.message}`);
  return cut(stacks.join('\nCaused by: '), MOST.stack);
}

function listed(values: readonly unknown[]): string {
  return values.every((value) => ['string', 'number', 'boolean'].includes(typeof value))
    ? values.join(', ')
    : json(values);
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
  } catch {
    return String(value);
  }
}

function cut(text: string, longest: number = LENGTHS.message): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
