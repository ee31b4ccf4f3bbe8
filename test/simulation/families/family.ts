/** A gateway with children of two sorts, and what is asked for next. */
import type { TestGateway } from '../../../local/test-gateway.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import { changed, firstOf } from '../../chaos/changes.ts';
import type { First } from '../../chaos/changes.ts';
import type { Random } from '../../chaos/random.ts';
import { childOf } from '../../families/kinds.ts';
import type { Ledger } from './ledger.ts';

const MOST_CHILDREN = 6;

export class Family {
  readonly parent: TestGateway;
  readonly children: TestGateway[] = [];
  /** Whether somebody has removed the keys by which the parent knows its children. */
  isOrphaned = false;
  readonly #random: Random;
  readonly #first: First;
  #count = 0;

  constructor(parent: TestGateway, random: Random) {
    this.parent = parent;
    this.#random = random;
    this.#first = firstOf(parent);
  }

  /**
   * Asks for changes of the parent, of children, or of both, in any order: registration decides what goes first. Only gateways of which a router owes a
   * change are left alone, because here nobody reverts what an earlier run has left.
   */
  ask(ledger: Ledger, busy: ReadonlySet<string>): readonly TestGateway[] {
    const random = this.#random;
    const isFree = (one: TestGateway) => !busy.has(workflowIdOf(one));
    if (random.chance(0.08)) return this.#deleteAll(ledger, isFree);
    const asked: TestGateway[] = [];
    const isStanding = ledger.stands(this.parent);
    if (isFree(this.parent) && random.chance(isStanding ? 0.3 : 0.7)) {
      asked.push(isStanding ? this.#changeParent(ledger) : this.#parentAgain());
      if (random.chance(0.4)) return asked;
    }
    for (let left = random.whole(1, 3); left > 0; left -= 1) {
      const child = this.#child(ledger, isFree);
      if (child !== undefined && !asked.includes(child)) asked.push(child);
    }
    return random.chance(0.5) ? asked : asked.toReversed();
  }

  /** Asks for the deletion of the parent and of all its children, in any order. */
  #deleteAll(ledger: Ledger, isFree: (one: TestGateway) => boolean): readonly TestGateway[] {
    const all = [this.parent, ...this.children].filter((one) => ledger.stands(one) && isFree(one));
    for (const { gateway } of all) {
      gateway.version += 1;
      gateway.markedForDeletion = true;
    }
    const first = this.#random.whole(0, Math.max(0, all.length - 1));
    return [...all.slice(first), ...all.slice(0, first)];
  }

  #parentAgain(): TestGateway {
    const { gateway } = this.parent;
    gateway.version += 1;
    gateway.markedForDeletion = false;
    return this.parent;
  }

  #changeParent(ledger: Ledger): TestGateway {
    const isLonely = !this.children.some((one) => ledger.stands(one));
    const of = this.#random.chance(isLonely || this.isOrphaned ? 0.3 : 0.1)
      ? 'deletion'
      : this.#random.pick(['filters', 'vrrp groups'] as const);
    for (const record of changed(this.parent, this.#first, of))
      if (record !== this.parent.gateway) (this.parent.neighbours as unknown[]).push(record);
    return this.parent;
  }

  #child(ledger: Ledger, isFree: (one: TestGateway) => boolean): TestGateway | undefined {
    const random = this.#random;
    if (this.children.length < MOST_CHILDREN && random.chance(0.5)) {
      this.#count += 1;
      const kind = random.pick(['static_route', 'vpn_interface'] as const);
      const child = childOf(this.parent, kind, this.#count);
      this.#flaw(child);
      this.children.push(child);
      return child;
    }
    if (this.children.length === 0) return undefined;
    const child = random.pick(this.children);
    if (!isFree(child)) return undefined;
    const { gateway } = child;
    gateway.version += 1;
    gateway.markedForDeletion = ledger.stands(child) && random.chance(0.4);
    const field = child.resourceType === 'static_route' ? 'nexthop' : 'remote_as';
    this.#flaw(child);
    gateway.body[field] =
      field === 'nexthop' ? `192.0.2.${random.whole(1, 200)}` : String(random.whole(64_512, 65_000));
    return child;
  }

  /** Makes some interfaces refer to a policy that no router has. Each router's check refuses these, whatever else is in the batch. */
  #flaw({ resourceType, gateway }: TestGateway): void {
    if (resourceType !== 'vpn_interface') return;
    gateway.body['import_policy'] = this.#random.chance(0.2) ? 'MISSING' : '';
  }
}
