/** The key of each record. */
import { pluralOf } from '../gateway/resource.ts';
import type { GatewayRef, GatewayVersion, ResourceRef } from '../gateway/resource.ts';

/** Prefix of all routers' records. */
export const ROUTERS = '/gateway-saga/routers/';
/** Prefix of all plan records. */
export const PLANS = '/gateway-saga/plans/';
/** Prefix of all claims. */
export const CLAIMS = '/gateway-saga/claims/';
/** Prefix of all referrers. */
export const REFERRERS = '/gateway-saga/referrers/';
/** Prefix of all that wait for others. */
export const WAITING = '/gateway-saga/waiting/';
/** Prefix of all children with a change under way. */
export const CHANGING = '/gateway-saga/changing/';
const OWED_CHANGES = '/gateway-saga/owed-changes/';

export const KEYS = {
  config: (ref: ResourceRef) => `/config/v2.0/${collection(ref.type, ref.id)}`,
  gatewayConfig: (gateway: GatewayRef) => `/config/v2.0/${member(gateway)}`,
  /** Prefix of all heat templates, unless they are published elsewhere. */
  heatTemplates: '/config/v2.0/heat_templates/',
  job: (jobId: string) => `/jobs/all/${jobId}`,
  stack: (gateway: GatewayRef) => `/esi-worker/heat_stacks/v2.0/${member(gateway)}`,
  jobState: (gateway: GatewayRef) => `/esi-worker/job_state/v2.0/${member(gateway)}`,
  state: (gateway: GatewayRef) => `/state/v2.0/${member(gateway)}`,
  plan: (gateway: GatewayRef) => `/gateway-saga/plans/${member(gateway)}`,
  /** The secrets of the gateway's texts: plan record and owed changes have placeholders in their place. */
  secrets: (gateway: GatewayRef) => `/gateway-saga/secrets/${member(gateway)}`,
  claim: (routerId: string, stanza: readonly string[]) =>
    `/gateway-saga/claims/${segment('router id', routerId)}/${stanza.map(encodeWord).join(' ')}`,
  /** Prefix of the keys of a parent's children. With `child`: the key of that child. */
  referrer: (parent: GatewayRef, child?: GatewayRef) => beside(REFERRERS, parent, child),
  /** Prefix of the keys of those children of a parent that have a change under way. With `child`: the key of that child. */
  changing: (parent: GatewayRef, child?: GatewayRef) => beside(CHANGING, parent, child),
  /** Prefix of the keys of the gateways that wait until this one's change has ended. With `waiter`: the key of that gateway. */
  waiting: (awaited: GatewayRef, waiter?: GatewayRef) => beside(WAITING, awaited, waiter),
  router: (routerId: string) => `${ROUTERS}${segment('router id', routerId)}`,
  /** Prefix of one router's owed changes; without an id, of all routers' owed changes. */
  owedChanges: (routerId?: string) =>
    routerId === undefined ? OWED_CHANGES : `${OWED_CHANGES}${segment('router id', routerId)}/`,
  /** `content`: a digest, by which two owed changes of one version differ. */
  owedChange: (routerId: string, gateway: GatewayVersion, content: string) =>
    `${KEYS.owedChanges(routerId)}${member(gateway)}/${gateway.version}:${segment('digest', content)}`,
} as const;

/** The router that a key of `KEYS.router` or of `KEYS.owedChange` belongs to; `undefined` for any other key. */
export function routerOfKey(key: string): string | undefined {
  return /^\/gateway-saga\/(?:routers\/([^/]+)$|owed-changes\/([^/]+)\/)/.exec(key)?.slice(1).find(Boolean);
}

/** Whether a key of `KEYS.owedChange` is of this gateway, on whichever router and at whatever version. */
export function isOwedChangeOf(key: string, gateway: GatewayRef): boolean {
  return key.startsWith(OWED_CHANGES) && key.split('/').slice(4, 6).join('/') === member(gateway);
}

/**
 * Both gateways of a key of `KEYS.referrer`, `KEYS.changing` or `KEYS.waiting`: `gateway` is the parent or the awaited one, `other` the child or the waiter.
 * `undefined` for any other key.
 */
export function gatewaysOfKey(
  key: string,
): { readonly gateway: GatewayRef; readonly other: GatewayRef } | undefined {
  const words = /^\/gateway-saga\/(?:referrers|changing|waiting)\/([^/]+)s\/([^/]+)\/([^/:]+):([^/]+)$/.exec(
    key,
  );
  const [, resourceType, resourceId, otherType, otherId] = words ?? [];
  if (!resourceType || !resourceId || !otherType || !otherId) return undefined;
  return { gateway: { resourceType, resourceId }, other: { resourceType: otherType, resourceId: otherId } };
}

/** The stanza of a claim's key; `undefined` for a key that can't be read. */
export function stanzaOfClaim(key: string): readonly string[] | undefined {
  const words = /^\/gateway-saga\/claims\/[^/]+\/([^/]+)$/.exec(key)?.[1]?.split(' ');
  try {
    return words?.map((word) => decodeURIComponent(word));
  } catch {
    return undefined;
  }
}

/** Whether a text can be one segment of a key. A text with a `/` would name another key. */
export function isSegment(text: string): boolean {
  return text.length > 0 && text.length <= 255 && !/[/\p{Cc}]/u.test(text);
}

/** Encodes what would make a key ambiguous, `/` and blanks: `interfaces ge-0%2F0%2F1 unit 122`. */
function encodeWord(word: string): string {
  return word.replace(/[%/\s\p{Cc}]/gu, (character) => encodeURIComponent(character));
}

function member({ resourceType, resourceId }: GatewayRef): string {
  return collection(resourceType, resourceId);
}

/** `<prefix><plural>/<id>/<type>:<id>` */
function beside(prefix: string, gateway: GatewayRef, other: GatewayRef | undefined): string {
  const name =
    other === undefined
      ? ''
      : `${segment('resource type', other.resourceType)}:${segment('id', other.resourceId)}`;
  return `${prefix}${member(gateway)}/${name}`;
}

function collection(type: string, id: string): string {
  return `${pluralOf(segment('resource type', type))}/${segment('id', id)}`;
}

function segment(what: string, text: string): string {
  if (isSegment(text)) return text;
  const got = JSON.stringify(text.slice(0, 60));
  throw new TypeError(
    `Expected as ${what} 1 to 255 characters without "/" and control characters, got ${got}`,
  );
}
