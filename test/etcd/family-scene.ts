/** Parents and children in etcd, as far as their records go: no router carries them. */
import assert from 'node:assert/strict';
import type { RegisterRequest } from '../../etcd/register.ts';
import type { Waited } from '../../gateway/plan.ts';
import type { Action } from '../../gateway/change.ts';
import type { GatewayRef, GatewayVersion } from '../../gateway/resource.ts';
import { Witness, newGateway, requestFor } from './fixture.ts';
import type { PlanOptions, TestEtcd } from './fixture.ts';
import { created, failed, keep } from './publication.ts';

export interface Member {
  readonly gateway: GatewayVersion;
  readonly witness: Witness;
  /** The gateways in whose stanzas the stanza of this one lies, outermost first. */
  readonly within: readonly GatewayRef[];
  readonly stanza: readonly string[];
}

export interface AskedPlan extends PlanOptions {
  readonly action?: Action;
  /** The version that stands. Default: version 1, unless the action is a creation. */
  readonly standing?: number | null;
  readonly parents?: readonly GatewayRef[];
  readonly owns?: readonly (readonly string[])[];
  /** The stanzas of the version that stands. Default: those of the new version. */
  readonly owned?: readonly (readonly string[])[];
  readonly waited?: Waited;
}

export class FamilyScene {
  readonly #etcd: () => TestEtcd;

  constructor(etcd: () => TestEtcd) {
    this.#etcd = etcd;
  }

  get store() {
    return this.#etcd().store;
  }

  /** A gateway without parents, of which nothing is written yet. */
  parent(): Member {
    const gateway = newGateway();
    const stanza = ['routing-instances', `vrf ${gateway.resourceId}`];
    return { gateway, stanza, within: [], witness: new Witness(this.#etcd().raw, gateway) };
  }

  /** A route whose stanza lies in that of `outer`. */
  child(outer: Member, type = 'static_route'): Member {
    const gateway = { ...newGateway(), resourceType: type };
    const stanza = [...outer.stanza, 'routing-options', 'static', 'route', `${gateway.resourceId}/24`];
    const within = [...outer.within, refOf(outer)];
    return { gateway, stanza, within, witness: new Witness(this.#etcd().raw, gateway) };
  }

  /** Writes the configuration of a member at a version. Resolves to the request to register it. */
  async asked(member: Member, version = 1, options: AskedPlan = {}): Promise<RegisterRequest> {
    const { action = version === 1 ? 'create' : 'update' } = options;
    const revision = await member.witness.configure(version, action === 'delete', {
      name: nameOf(member),
    });
    return this.request(member, version, revision, options);
  }

  request(
    { gateway, within, stanza }: Member,
    version: number,
    revision: string,
    options: AskedPlan = {},
  ): RegisterRequest {
    const { action = version === 1 ? 'create' : 'update', waited, parents = within } = options;
    const { standing = action === 'create' ? null : version - 1, owns = [stanza] } = options;
    const { owned = owns } = options;
    const run = options.run ?? `run-${version}`;
    const plan = requestFor({ ...gateway, version }, revision, {
      ...options,
      run,
      jobs: `${version}`.repeat(5),
    });
    const end = (text: string, stanzas: typeof owns) => ({
      create: text,
      arrange: [],
      remove: [],
      owns: stanzas,
      monitors: [],
    });
    const change = {
      before: standing === null ? null : end(`version ${standing}`, owned),
      after: action === 'delete' ? null : end(`version ${version}`, owns),
    };
    const { primary, secondary } = plan.planRecord.routers;
    return {
      ...plan,
      ...(waited && { waited }),
      planRecord: {
        ...plan.planRecord,
        action,
        standing,
        ...(parents.length > 0 && { parents }),
        routers: { primary: { ...primary, ...change }, secondary: { ...secondary, ...change } },
      },
    };
  }

  async registered(member: Member, version = 1, options: AskedPlan = {}): Promise<void> {
    const request = await this.asked(member, version, options);
    assert.deepEqual(await this.store.register(request), { kind: 'registered' });
  }

  /** Marks a registered change as permanent, and publishes it. */
  async made({ gateway }: Member, version = 1): Promise<void> {
    const at = { ...gateway, version };
    await this.store.permitApply(at, `run-${version}`);
    await keep(this.#etcd(), at, `run-${version}`);
    const outcome = await this.store.publish(created(at, `run-${version}`));
    assert.equal(outcome.kind, 'published');
  }

  async failed({ gateway }: Member, version = 1): Promise<void> {
    const at = { ...gateway, version };
    const outcome = await this.store.publish(failed(at, { run: `run-${version}`, error: 'MX-1 said no' }));
    assert.equal(outcome.kind, 'published');
  }

  async standing(member: Member): Promise<Member> {
    await this.registered(member);
    await this.made(member);
    return member;
  }

  /** All keys below `/gateway-saga/<folder>/` that name one of the members. */
  async keys(folder: string, ...members: readonly Member[]): Promise<readonly string[]> {
    const prefix = `/gateway-saga/${folder}/`;
    const keys = await this.#etcd().raw.getAll().prefix(prefix).keys();
    return keys
      .map((key) => key.slice(prefix.length))
      .filter((key) => members.some(({ gateway }) => key.split(/[/:]/).includes(gateway.resourceId)));
  }
}

export function nameOf({ gateway }: Member): string {
  return `name of ${gateway.resourceId}`;
}

export function refOf({ gateway: { resourceType, resourceId } }: Pick<Member, 'gateway'>): GatewayRef {
  return { resourceType, resourceId };
}

/** What a run that waits has written. */
export function waitedOf({ planRecord }: RegisterRequest, awaited: Member): Waited {
  return { awaited: refOf(awaited), run: planRecord.run, jobs: planRecord.jobs };
}

/** `vpn_gateways/<id>/static_route:<id>` */
export function keyOf(outer: Member, inner: Member): string {
  const { resourceType, resourceId } = inner.gateway;
  return `${outer.gateway.resourceType}s/${outer.gateway.resourceId}/${resourceType}:${resourceId}`;
}
