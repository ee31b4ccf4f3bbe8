/** A router as `findConflicts` sees it, and the members that it is to judge: without a session, from facts that a test states. */
import assert from 'node:assert/strict';
import { Rejections, findConflicts } from '../../../activities/pair/conflicts.ts';
import type { PlannedMember, RouterChange } from '../../../activities/pair/members.ts';
import type { Claimed, Parent } from '../../../activities/router/family.ts';
import type { LockedRouter } from '../../../activities/router/locked-router.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import { inverseOf } from '../../../gateway/change.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { CAPABILITIES } from '../../../netconf/hello.ts';
import type { OwedChange } from '../../../pair/router-record.ts';
import { gatewayChange } from '../router/gateway-change.ts';

/** What a change does on its router. */
export type Ends = Parameters<typeof gatewayChange>[1];
export interface One extends PlannedMember {
  readonly change: RouterChange;
}

export const AT = (stanza: string) => stanza.split(' ');
export const PLAIN = 'routing-instances a';
export const CREATE: Ends = { after: [PLAIN] };
export const UPDATE: Ends = { before: [PLAIN], after: [PLAIN], lines: [`${PLAIN} description new`] };
export const DELETE: Ends = { before: [PLAIN] };

export function one(id: string, ends: Ends, more: Partial<PlannedMember> = {}): One {
  const { gateway, change: ofGateway } = gatewayChange(id, ends);
  const member = { gateway, run: 'run', name: `name-${id}` };
  const change: RouterChange = { gateway, change: ofGateway, member, role: 'primary' };
  const changes = new Map([['r1', change]]);
  return {
    member,
    change,
    changes,
    kept: false,
    plan: {} as PlannedMember['plan'],
    state: undefined,
    ...more,
  };
}

export interface Facts {
  /** By gateway; `before` without it. */
  readonly presence?: Readonly<Record<string, Presence>>;
  readonly pending?: 'none' | 'ours';
  readonly permitted?: readonly One[];
  readonly owed?: readonly One[];
  readonly parents?: Readonly<Record<string, readonly Parent[]>>;
  readonly claims?: readonly Claimed[];
  readonly capabilities?: readonly string[];
}

export function router(facts: Facts = {}): LockedRouter {
  const { presence = {}, pending = 'none', permitted = [], owed = [], parents = {}, claims = [] } = facts;
  const owedChanges = owed.map(({ change: { gateway, change, role } }): OwedChange => {
    return { gateway, role, change: inverseOf(change), since: '', reason: '' };
  });
  const fake = {
    session: {
      id: 'r1',
      name: 'MX-1',
      record: { reservation: { members: permitted.map(({ member }) => member) }, owedChanges },
      reader: { policy: DEFAULT_POLICY, memory: { plainOnly: new Set() } },
      netconf: { capabilities: new Set(facts.capabilities ?? [CAPABILITIES.confirmedCommit11]) },
    },
    look: { pending: { kind: pending }, running: { tree: [], unreadable: () => undefined } },
    subject: {
      family: { parentsOf: ({ resourceId }: { resourceId: string }) => parents[resourceId] ?? [], claims },
      claimedInside: () => claims,
    },
    presence: ({ gateway }: RouterChange) => presence[gateway.resourceId] ?? { kind: 'before' },
  };
  return fake as unknown as LockedRouter;
}

/** What becomes of these members on the router: `goes`, or why not. */
export function judged(
  on: LockedRouter,
  planned: readonly One[],
  options?: Parameters<typeof findConflicts>[3],
) {
  const rejections = new Rejections();
  findConflicts(on, planned, rejections, options);
  return planned.map(({ member }) => {
    const found = rejections.of(member);
    if (found === undefined) return 'goes';
    assert.equal(found.member, member);
    return `${rejections.isPostponed(member) ? 'postponed' : found.type}: ${found.reason}`;
  });
}

export const owns = (stanza: string, by: One) =>
  `"${stanza}" belongs to vpn_gateway name-${by.change.gateway.resourceId} (${by.change.gateway.resourceId})`;
export const parentOf = ({ change: { gateway } }: One, standing: Parent['standing'] = null): Parent => ({
  gateway,
  name: 'acme',
  standing,
});
