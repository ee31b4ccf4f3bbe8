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
  readonly #random: Random;
  readonly #first: First;
  #count = 0;

  constructor(parent: TestGateway, random: Random) {
    this.parent = parent;
    this.#random = random;
    this.#first = firstOf(parent);
  }

  /**
   * Either a change of the parent or changes of children, as registration lets them through: what owes something waits, and a child is born only where its
   * parent stands. Sometimes both, and a parent's deletion in spite of children, as if the records were lost.
   */
  ask(ledger: Ledger, busy: ReadonlySet<string>): readonly TestGateway[] {
    const random = this.#random;
    const isFree = (one: TestGateway) => !busy.has(workflowIdOf(one));
    const family = [this.parent, ...this.children];
    const asked: TestGateway[] = [];
    if (!ledger.stands(this.parent)) return isFree(this.parent) ? [this.#parentAgain()] : [];
    if (random.chance(0.3) && family.every(isFree)) {
      asked.push(this.#changeParent(ledger));
      if (random.chance(0.8)) return asked;
    }
    if (!isFree(this.parent)) return asked;
    for (let left = random.whole(1, 3); left > 0; left -= 1) {
      const child = this.#child(ledger, busy);
      if (child !== undefined && !asked.includes(child)) asked.push(child);
    }
    return random.chance(0.5) ? asked : asked.toReversed();
  }

  #parentAgain(): TestGateway {
    const { gateway } = this.parent;
    gateway.version += 1;
    gateway.markedForDeletion = false;
    return this.parent;
  }

  #changeParent(ledger: Ledger): TestGateway {
    const isLonely = !this.children.some((one) => ledger.stands(one));
    const of = this.#random.chance(isLonely ? 0.3 : 0.1)
      ? 'deletion'
      : this.#random.pick(['filters', 'vrrp groups'] as const);
    for (const record of changed(this.parent, this.#first, of))
      if (record !== this.parent.gateway) (this.parent.neighbours as unknown[]).push(record);
    return this.parent;
  }

  #child(ledger: Ledger, busy: ReadonlySet<string>): TestGateway | undefined {
    const random = this.#random;
    if (this.children.length < MOST_CHILDREN && random.chance(0.5)) {
      this.#count += 1;
      const kind = random.pick(['static_route', 'vpn_interface'] as const);
      const child = childOf(this.parent, kind, this.#count);
      this.children.push(child);
      return child;
    }
    if (this.children.length === 0) return undefined;
    const child = random.pick(this.children);
    if (busy.has(workflowIdOf(child))) return undefined;
    const { gateway } = child;
    gateway.version += 1;
    gateway.markedForDeletion = ledger.stands(child) && random.chance(0.4);
    const field = child.resourceType === 'static_route' ? 'nexthop' : 'remote_as';
    gateway.body[field] =
      field === 'nexthop' ? `192.0.2.${random.whole(1, 200)}` : String(random.whole(64_512, 65_000));
    return child;
  }
}
