/** Compares what stands in etcd with what the routers carry. Pure. */
import { holdWords } from '../gateway/display.ts';
import type { Inspection } from '../activities/router/inspect.ts';
import { holds, isBefore } from '../activities/router/presence.ts';
import type { GatewayChange } from '../activities/router/presence.ts';
import { describeUnreadable } from '../activities/router/running.ts';
import { StoreCorruptError, StoreNewerError } from '../etcd/errors.ts';
import type { Inventory } from '../etcd/inventory.ts';
import { KEYS } from '../etcd/keys.ts';
import { isUnderWay } from '../etcd/parents.ts';
import { hasEnded, isStanding } from '../etcd/state.ts';
import { COMPLETED } from '../gateway/records.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { describePath } from '../netconf/diff.ts';
import type { RouterRecord } from '../pair/router-record.ts';
import { claimFindings } from './doctor-claims.ts';
import { familyFindings } from './doctor-family.ts';
import type { Finding } from './doctor-family.ts';
import { recordsIn, unreadablePlansIn } from './doctor-records.ts';
import type { GatewayRecords } from './doctor-records.ts';
import type { LostSecrets } from './doctor-secrets.ts';

export interface RouterSeen {
  readonly id: string;
  readonly name: string;
  readonly record: RouterRecord | StoreCorruptError;
  /** What a look found; a text: why there was no look. */
  readonly seen: Inspection | string;
}

/** What the routers should carry of a gateway, by router id: from its plan record, or rendered now if it has none. */
export interface Known {
  readonly gateway: GatewayRef & { readonly version: number };
  readonly changes: ReadonlyMap<string, GatewayChange>;
}

export interface Facts {
  readonly inventory: Inventory;
  readonly lostSecrets: readonly LostSecrets[];
  readonly routers: readonly RouterSeen[];
  /** Every gateway that a plan record, a claim or a commit history names, or that stands by `/state`; each once. */
  readonly gateways: readonly GatewayRef[];
  readonly known: (gateway: GatewayRef) => Known | undefined;
  /** A gateway in words, with its name if the name is known. */
  readonly textOf: (gateway: GatewayRef) => string;
  /** Ids of the workflows that run. */
  readonly running: ReadonlySet<string>;
}

export function findingsOf(facts: Facts): readonly Finding[] {
  const recordsOf = recordsIn(facts.inventory);
  const isUnreadable = unreadablePlansIn(facts.inventory);
  const owed = owedIn(facts.routers);
  const knownOf = (gateway: GatewayRef) => ({
    ...recordsOf(gateway),
    isOwed: owed.has(workflowIdOf(gateway)),
  });
  return [
    ...facts.inventory.unreadable.map(unreadable),
    ...facts.routers.flatMap((router) => onRouter(router, facts)),
    ...facts.gateways.flatMap((gateway) =>
      isUnreadable(gateway) ? [] : ofGateway(gateway, knownOf(gateway), facts),
    ),
    ...familyFindings(facts),
    ...facts.lostSecrets.flatMap((lost) =>
      facts.running.has(workflowIdOf(lost.gateway)) ? [] : [withoutSecrets(lost, facts)],
    ),
  ];
}

function withoutSecrets({ gateway, why }: LostSecrets, { textOf }: Facts): Finding {
  const { resourceType, resourceId } = gateway;
  return {
    what: `${textOf(gateway)}: ${why}; without it no update can put back what stands, and no revert that needs it is made`,
    mend: `put ${KEYS.secrets(gateway)} back from a backup of etcd; if there is none, mark the gateway for deletion, then create it anew: gateway-saga delete ${resourceType} ${resourceId}`,
    unlessRuns: workflowIdOf(gateway),
  };
}

function unreadable(error: StoreCorruptError): Finding {
  const mend =
    error instanceof StoreNewerError
      ? 'use the version of gateway-saga that has written it: docs/upgrades.md'
      : 'look at the record and at the routers, then mend the record';
  return { what: error.message, mend };
}

function onRouter({ name, id, record, seen }: RouterSeen, { running, textOf }: Facts): Finding[] {
  const findings: Finding[] = [];
  const add = (what: string, mend: string, unlessRuns?: string) =>
    findings.push({ what: `${name}: ${what}`, mend, ...(unlessRuns !== undefined && { unlessRuns }) });
  if (typeof seen === 'string') add(`can't be looked at: ${seen}`, 'mend that, then: gateway-saga doctor');
  if (record instanceof StoreCorruptError) return [...findings, unreadable(record)];
  const { reservation, maintenance, owedChanges, retired } = record;
  if (retired !== undefined)
    add(
      `retired by ${retired.by} since ${retired.since}: ${retired.reason}`,
      `gateway-saga routers readmit ${id}`,
    );
  if (maintenance !== null) add(holdWords(maintenance), `gateway-saga routers release ${id}`);
  for (const { gateway, reason, deletion } of owedChanges)
    add(
      `owes the ${deletion ? 'deletion' : 'revert'} of ${textOf(gateway)} version ${gateway.version}: ${reason}`,
      'mend the reason; it is made within minutes. If the router is dead: gateway-saga routers retire',
    );
  const isServed = reservation !== null && running.has(reservation.pair);
  if (reservation !== null && !isServed) {
    const left = reservation.members.map(({ gateway }) => textOf(gateway)).join(', ');
    const members = left === '' ? '' : `, and nobody settles ${left}`;
    add(
      `reserved by ${reservation.pair}, whose workflow does not run${members}`,
      `temporal workflow signal-with-start --type routerPair --task-queue gateways --workflow-id ${reservation.pair} --input '${pairInput(reservation.pair)}' --signal-name wake`,
      reservation.pair,
    );
  }
  if (typeof seen === 'string') return findings;
  const { pending, unrecorded } = seen;
  if (pending.kind === 'ours' && !isServed)
    add(
      'a commit on trial is pending, and nobody settles it',
      'settle its reservation, as above',
      reservation?.pair,
    );
  if (pending.kind === 'foreign')
    add(
      `a confirmed commit by ${pending.whose} is pending`,
      unrecorded === undefined
        ? 'whoever made it confirms it or lets it fall back'
        : `apply its gateways before it falls back at ${new Date(unrecorded.until).toISOString()}, or wait until then`,
    );
  return findings;
}

/** Workflow ids of the gateways of which a router owes a change. */
function owedIn(routers: Facts['routers']): ReadonlySet<string> {
  const owed = routers.flatMap(({ record }) =>
    record instanceof StoreCorruptError ? [] : record.owedChanges.map(({ gateway }) => workflowIdOf(gateway)),
  );
  return new Set(owed);
}

interface GatewayKnown extends GatewayRecords {
  /** A router owes a change of it. */
  readonly isOwed: boolean;
}

function ofGateway(gateway: GatewayRef, known: GatewayKnown, facts: Facts): Finding[] {
  if (facts.running.has(workflowIdOf(gateway))) return [];
  const { inventory, textOf } = facts;
  const { plan, state, isOwed } = known;
  const isDeleted = state?.workerState === COMPLETED.delete;
  const places = placesOf(gateway, isDeleted, facts);
  const standing = places.filter(({ stands }) => stands);
  const told = places.map(({ text }) => text).join('; ');
  const isCreated = isStanding(state);
  const version = state?.version ?? null;
  const word = `${textOf(gateway)}${version === null ? '' : ` version ${version}`}`;
  const apply = `gateway-saga apply ${gateway.resourceType} ${gateway.resourceId}`;
  const findings: Finding[] = [];
  if (isCreated && plan === undefined)
    findings.push({
      what: `${word}: /state says that it stands, but its plan record is gone; what is rendered for it now: ${told || 'not known'}`,
      mend: `put ${KEYS.plan(gateway)} back from a backup of etcd`,
    });
  else if (!isCreated && standing.length > 0 && !isOwed)
    findings.push({
      what: `${word}: ${told}; /state says ${state === undefined ? 'nothing' : state.workerState}`,
      // Unless the gateway stands whole on both routers, to apply it would be a conflict.
      mend: !places.every(({ isWhole }) => isWhole)
        ? `remove it by hand from the routers, as gateway-saga plan shows; then write it with a higher version, and: ${apply}`
        : state === undefined
          ? apply
          : `write it with a higher version, then: ${apply}`,
    });
  else if (plan !== undefined && isUnderWay({ record: plan, state }))
    findings.push({
      what: `${textOf(gateway)} version ${plan.gateway.version}: its run has ended without a /state`,
      mend: hasEnded(state, plan.gateway.version) ? `${apply} --again` : apply,
    });
  // While a router owes a change, the routers differ because of it, and `onRouter` tells of it.
  else if (isCreated && !isOwed && places.some(({ isWhole, hasMore }) => !isWhole && !hasMore))
    findings.push({
      what: `${word}: /state says that it stands, but ${told}`,
      mend: `put back by hand what is missing, as ${KEYS.plan(gateway)} has it`,
    });
  const all = [
    ...findings,
    ...claimFindings(
      gateway,
      { ...known, isCreated, stands: standing.length > 0 },
      { claims: inventory.claims, textOf },
    ),
  ];
  return all.map((one) => ({ ...one, unlessRuns: workflowIdOf(gateway) }));
}

interface Place {
  readonly text: string;
  readonly stands: boolean;
  /** All of it is there, and nothing beside it. */
  readonly isWhole: boolean;
  /** All of it is there, and statements of others in its stanzas: of its children, or of people. */
  readonly hasMore: boolean;
}

/**
 * What each router that can be looked at carries of the gateway. `isDeleted`: `/state` says that the gateway is deleted. Then each router was seen
 * without it, or owes its removal, which `onRouter` tells. So commits that name the gateway mean nothing.
 */
function placesOf(gateway: GatewayRef, isDeleted: boolean, { known, routers }: Facts): readonly Place[] {
  const changes = known(gateway)?.changes;
  return routers.flatMap(({ id, name, seen }): Place[] => {
    if (typeof seen === 'string') return [];
    const change = changes?.get(id);
    const isNamed = () => seen.appliedBy(gateway) !== undefined;
    if (change === undefined) {
      if (changes !== undefined || isDeleted || !isNamed()) return [];
      const text = `a commit has put it on ${name}, and whether it still stands is not known`;
      return [{ text, stands: true, isWhole: false, hasMore: false }];
    }
    const presence = seen.presence(change);
    const hasMore = holds(presence, 'after');
    const text = {
      absent: () => `${name} carries nothing of it`,
      before: () => `${name} carries nothing of it`,
      partial: () => `${name} carries a part of it`,
      modified: () =>
        hasMore
          ? `${name} carries it whole, and statements of others in its stanzas`
          : `${name} carries it with "${presence.kind === 'modified' ? describePath(presence.path) : ''}" changed`,
      unreadable: () =>
        presence.kind === 'unreadable' ? `${name} carries it, but ${describeUnreadable(presence)}` : '',
      unchanged: () => `${name} carries nothing of it`,
      after: () => `${name} carries it whole`,
    }[presence.kind]();
    // Without our commit in the history, what stands is somebody else's, unless it equals what the gateway should carry.
    const stands = presence.kind === 'after' || (!isBefore(presence) && isNamed());
    return [{ text, stands, isWhole: presence.kind === 'after', hasMore }];
  });
}

function pairInput(pair: string): string {
  return JSON.stringify({ routers: pair.slice(pair.indexOf(':') + 1).split('+') });
}
