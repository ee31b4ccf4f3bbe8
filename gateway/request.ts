import { LENGTHS, oneLine } from './display.ts';
import type { GatewayRequest, OweRequest } from './plan.ts';

/** The type and the id become parts of the workflow's id, of keys in etcd and of log lines on routers. So they may hold only these characters. */
const TYPE = /^[a-z][a-z0-9_]{0,62}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

const EXPECTED_ID = 'letters, digits, "_", "." or "-", at most 128';

/** What the id of an edge router must look like: the workflow id of a pair consists of the ids of its two routers, with a "+" between them. */
export const ROUTER_ID = { pattern: ID, expected: `an id: ${EXPECTED_ID}` } as const;

export type ReadRequest =
  | { readonly kind: 'request'; readonly request: GatewayRequest }
  /** `field`: empty if the input as a whole is wrong. */
  | { readonly kind: 'problem'; readonly field: string; readonly expected: string; readonly got: unknown };

/** Reads a request and leaves out unknown fields. If `version` is absent or `null`, the current version is meant. */
export function readRequest(input: unknown): ReadRequest {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return problem('', 'an object {"resourceType":"…","resourceId":"…"}', input);
  }
  const { resourceType, resourceId, version, again, owe } = input as Record<string, unknown>;
  if (typeof resourceType !== 'string' || !TYPE.test(resourceType)) {
    return problem('resourceType', 'a word like "vpn_gateway", at most 63 characters', resourceType);
  }
  if (typeof resourceId !== 'string' || !ID.test(resourceId)) {
    return problem('resourceId', EXPECTED_ID, resourceId);
  }
  if (again !== undefined && again !== null && typeof again !== 'boolean') {
    return problem('again', 'true or false', again);
  }
  const owed = owe === undefined || owe === null ? undefined : oweIn(owe);
  if (owed !== undefined && 'kind' in owed) return owed;
  const request = {
    resourceType,
    resourceId,
    ...(again === true && { again }),
    ...(owed && { owe: owed }),
  };
  if (version === undefined || version === null) return { kind: 'request', request };
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) {
    return problem('version', 'a whole number from 0', version);
  }
  return { kind: 'request', request: { ...request, version } };
}

function oweIn(owe: unknown): OweRequest | ReadRequest {
  if (typeof owe !== 'object' || owe === null || Array.isArray(owe))
    return problem('owe', 'an object {"router":"…","reason":"…","by":"…"}', owe);
  const { router, reason, by } = owe as Record<string, unknown>;
  if (typeof router !== 'string' || !ID.test(router)) return problem('owe.router', EXPECTED_ID, router);
  if (!isText(reason, LENGTHS.hold)) return problem('owe.reason', expectedText(LENGTHS.hold), reason);
  return isText(by, LENGTHS.who) ? { router, reason, by } : problem('owe.by', expectedText(LENGTHS.who), by);
}

function expectedText(longest: number): string {
  return `a text of one line without two blanks in a row, at most ${longest} characters`;
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value !== '' && value === oneLine(value, longest);
}

function problem(field: string, expected: string, got: unknown): ReadRequest {
  return { kind: 'problem', field, expected, got };
}
