/** Drives families: draws what is asked for, carries it out as sagas and the pair's workflow would, and looks at the routers after each batch. */
import { apply } from '../../../activities/pair/apply.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { NotNowError } from '../../../activities/refused.ts';
import type { AttemptContext } from '../../../activities/router/attempt-context.ts';
import { OvertakenError } from '../../../activities/router/fence.ts';
import { isSameGateway, workflowIdOf } from '../../../gateway/resource.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { NetconfError } from '../../../netconf/errors.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { randomOf } from '../../chaos/random.ts';
import type { Random } from '../../chaos/random.ts';
import { Family } from './family.ts';
import { Ledger } from './ledger.ts';
import { People } from './people.ts';
import { Sagas } from './sagas.ts';
import type { AskedMember } from './sagas.ts';
import type { FamilyWorld } from './world.ts';

const BATCHES = 12;
/** How often a batch is tried before it is given up. */
const TRIES = 6;
const MOST_ATTEMPTS = 60;
/** How many batches are made at the end, when nothing new is asked for, for gateways that wait for each other. */
const LAST_BATCHES = 12;

export class Driver {
  readonly problems: string[] = [];
  readonly counts = new Map<string, number>();
  readonly #world: FamilyWorld;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #people: People;
  readonly #families: readonly Family[];
  readonly #sagas: Sagas;
  #reservations = 0;

  constructor(seed: number, world: FamilyWorld) {
    this.#world = world;
    this.#random = randomOf(seed).fork('families');
    this.#ledger = new Ledger(world.sites);
    const count = this.#random.pick([1, 1, 2]);
    this.#families = Array.from(
      { length: count },
      (_, number) => new Family(world.gateway(number), this.#random),
    );
    this.#people = new People(world, this.#ledger, this.#random);
    this.#sagas = new Sagas({
      world,
      ledger: this.#ledger,
      families: this.#families,
      count: (what) => this.#count(what),
      problem: (words) => void this.problems.push(words),
    });
  }

  /** What the activities' client does with a wake. */
  wake(workflowId: string): void {
    this.#sagas.wake(workflowId);
  }

  async live(): Promise<void> {
    await this.#batch(
      this.#families.map(({ parent }) => parent),
      { isCalm: true },
    );
    // In some series the keys by which a parent knows its children are lost. Then only the look under the lock keeps the parent from being deleted.
    const isClumsy = this.#random.fork('clumsy').chance(0.25);
    for (let nth = 0; nth < BATCHES && this.problems.length === 0; nth += 1) {
      await this.#people.interfere(this.#families);
      if (isClumsy) this.#people.removeReferrers(this.#families);
      const busy = await this.#busy();
      const asked = this.#families.flatMap((family) => family.ask(this.#ledger, busy));
      await this.#batch(asked, { isCalm: false });
    }
    // What is owed is paid by the next reservation.
    for (const { device } of this.#world.sites) device.faults.clear();
    for (let left = 3; left > 0 && (await this.#owing()).length > 0; left -= 1) {
      await this.#batch([this.#world.gateway(100 + left)], { isCalm: true });
    }
    for (let left = LAST_BATCHES; left > 0 && this.problems.length === 0; left -= 1)
      await this.#batch([], { isCalm: true });
    await this.#sagas.lookAgain(await this.#busy());
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** The gateways of which a router owes a change. */
  async #busy(): Promise<ReadonlySet<string>> {
    return new Set((await this.#owing()).map(({ gateway }) => workflowIdOf(gateway)));
  }

  async #owing() {
    const { store } = this.#world.deps;
    const records = await Promise.all(this.#world.ids.map((id) => store.router(id)));
    return records.flatMap(({ owedChanges }, index) =>
      owedChanges.map((one) => ({ ...one, routerId: this.#world.ids[index] as string })),
    );
  }

  async #batch(requested: readonly TestGateway[], { isCalm }: { readonly isCalm: boolean }): Promise<void> {
    const { deps, ids } = this.#world;
    let waiting: AskedMember[] = [];
    for (const gateway of requested) this.#world.write(gateway);
    for (const gateway of requested) waiting.push(...(await this.#sagas.ask(gateway)));
    waiting.push(...(await this.#sagas.woken()));
    for (let tries = 0; waiting.length > 0 && tries < TRIES; tries += 1) {
      this.#reservations += 1;
      const reservation = `families.${this.#reservations}`;
      const since = new Date().toISOString();
      await deps.store.reserve({ reservation, pair: 'router_pair:families', routers: ids, since });
      const members = waiting.map(({ member }) => member);
      if (!isCalm) this.#people.makeTrouble('apply');
      const applied = await this.#again((context) =>
        apply(deps, context, { reservation, routers: ids, members }),
      );
      const postponed = applied.postponed ?? [];
      if (!isCalm) await this.#people.duringTrial();
      const confirm = applied.applied.filter(() => isCalm || this.#random.chance(0.7));
      const revert = [
        ...applied.applied.filter((member) => !confirm.includes(member)),
        ...applied.toRevert.map(({ member }) => member),
      ];
      if (!isCalm) this.#people.makeTrouble('settle');
      await this.#settle(reservation, waiting, confirm, revert);
      for (const { member, reason } of applied.refused) {
        this.#count(`refused: ${reason.replaceAll(/[0-9a-f-]{36}|".*?"|\d+/g, '…').slice(0, 90)}`);
        await this.#sagas.failed(member, reason);
      }
      this.#people.relent();
      await deps.store.endReservation({ reservation, routers: ids });
      if (postponed.length > 0) this.#count('postponed');
      waiting = waiting.filter(({ member }) => postponed.includes(member));
      await this.#look();
    }
    for (const { member } of waiting) await this.#sagas.failed(member, 'never its turn');
  }

  async #settle(
    reservation: string,
    asked: readonly AskedMember[],
    confirm: readonly PairMember[],
    revert: readonly PairMember[],
  ): Promise<void> {
    const { deps, ids } = this.#world;
    const input = { reservation, routers: ids, confirm, revert };
    const { kept, reverted, fellBack } = await this.#again((context) => settle(deps, context, input));
    for (const member of kept) {
      const { plan } = asked.find((one) => one.member === member) as AskedMember;
      this.#count(`kept: ${member.gateway.resourceType} ${plan.action}`);
      this.#ledger.kept(plan);
      await this.#sagas.completed(member);
    }
    for (const { member, reason, owedOn } of reverted) {
      this.#count(`reverted${owedOn.length > 0 ? ', owed' : ''}: ${member.gateway.resourceType}`);
      await this.#sagas.failed(member, reason ?? 'reverted', owedOn.length === 0);
    }
    if (fellBack.length > 0) {
      this.#count('fell back');
      await this.#settle(reservation, asked, [], fellBack);
    }
  }

  /** Makes an activity, and tries it again as Temporal does. All attempts share the time from which their patience counts. */
  async #again<T>(work: (context: AttemptContext) => Promise<T>): Promise<T> {
    const since = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { signal } = new AbortController();
        return await work({ signal, since, now: Date.now, attempt });
      } catch (error) {
        const isPassing = error instanceof NotNowError || error instanceof NetconfError;
        if (!isPassing || error instanceof OvertakenError || attempt > MOST_ATTEMPTS) throw error;
        this.#world.tell(`again: ${error.message}`);
        await this.#world.wait(attempt > 3 ? 60_000 : 3_000);
      }
    }
  }

  async #look(): Promise<void> {
    const owing = new Map<string, string[]>();
    for (const { routerId, gateway, change } of await this.#owing()) {
      const texts = [change.before, change.after].flatMap((end) => (end === null ? [] : [end.create]));
      owing.set(routerId, [...(owing.get(routerId) ?? []), ...texts]);
      this.#world.tell(`${routerId} owes ${workflowIdOf(gateway)}`);
    }
    this.problems.push(...this.#ledger.problems(owing));
    for (const { parent, children } of this.#families)
      for (const child of children)
        if (this.#ledger.stands(child) && !this.#ledger.stands(parent) && !isSameGateway(child, parent))
          this.problems.push(`${workflowIdOf(child)} stands without its parent`);
  }
}
