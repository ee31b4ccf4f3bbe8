/**
 * People who put statements of their own into a family's stanzas, and take some of the family's statements away; and routers that are away, refuse, or
 * fall back.
 */
import { KEYS } from '../../../etcd/keys.ts';
import { OPERATOR } from '../operator.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import type { Random } from '../../chaos/random.ts';
import type { Site } from '../site.ts';
import type { Family } from './family.ts';
import type { Ledger } from './ledger.ts';
import type { FamilyWorld } from './world.ts';

const MINUTE_MS = 60_000;

const isOurs = ({ user }: { readonly user: string }): boolean => user !== OPERATOR;

/** The entry that comes and goes with a person's statement. */
const entryOf = (line: string): string => line.replace(/ (discard|type internal)$/, '');

export class People {
  readonly #world: FamilyWorld;
  readonly #ledger: Ledger;
  readonly #random: Random;
  #count = 0;

  constructor(world: FamilyWorld, ledger: Ledger, random: Random) {
    this.#world = world;
    this.#ledger = ledger;
    this.#random = random;
  }

  /** What people do between two batches. */
  async interfere(families: readonly Family[]): Promise<void> {
    const random = this.#random;
    if (random.chance(0.6)) return;
    const site = random.pick(this.#world.sites);
    const family = random.pick(families);
    const standing = [family.parent, ...family.children].filter((one) => this.#ledger.stands(one));
    if (standing.length === 0) return;
    const theirs = this.#ledger.personsLines(site);
    if (theirs.length > 0 && random.chance(0.5)) {
      const line = random.pick(theirs);
      if (await this.#commit(site, `delete ${entryOf(line)}`)) this.#ledger.personTakesBack(site, line);
      return;
    }
    if (random.chance(0.7)) {
      this.#count += 1;
      const { body } = family.parent.gateway;
      const unit = `interfaces ${String(body['primary_logical_uplink_interface_name']).replace('.', ' unit ')}`;
      const instance = `routing-instances ${String(body['vrf_name'])}`;
      const line = random.pick([
        `${unit} family inet address 203.0.113.${this.#count}/32`,
        `${instance} routing-options static route 203.0.113.${this.#count}/32 discard`,
        `${instance} protocols bgp group people${this.#count} type internal`,
      ]);
      if (this.#ledger.stands(family.parent) && (await this.#commit(site, `set ${line}`)))
        this.#ledger.personAdds(site, line);
      return;
    }
    const victim = random.pick(standing);
    const lines = this.#ledger.linesOn(site, victim);
    if (lines.length === 0) return;
    const line = random.pick(lines);
    if (await this.#commit(site, `delete ${line}`)) this.#ledger.personRemoves(site, line);
  }

  /** Somebody removes the keys by which parents know their children. */
  removeReferrers(families: readonly Family[]): void {
    for (const family of families) {
      if (this.#random.chance(0.5)) continue;
      this.#world.remove(family.children.map((child) => KEYS.referrer(family.parent, child)));
      family.isOrphaned = true;
    }
  }

  /** What people do while something is on trial. */
  async duringTrial(): Promise<void> {
    const random = this.#random;
    if (random.chance(0.1)) await this.#world.wait(30 * MINUTE_MS);
    if (random.chance(0.15)) {
      const operator = client(random.pick(this.#world.sites).device, OPERATOR);
      await operator.ask('<commit-configuration><check/></commit-configuration>');
      operator.session.close();
    }
  }

  /** Makes something go wrong with a router in the next transaction. */
  makeTrouble(what: 'apply' | 'settle'): void {
    const random = this.#random;
    const site = random.pick(this.#world.sites);
    const { faults } = site.device;
    const draws = random.next();
    if (draws < 0.12) {
      site.isReachable = false;
    } else if (draws < 0.3) {
      const [rpc, step] = random.pick([
        ['commit-configuration', 'check'],
        ['commit-configuration', 'activate'],
        ['load-configuration', 'load'],
      ] as const);
      faults.add({ rpc, step, when: isOurs, times: random.pick([1, 1, 40]), outcome: { kind: 'refuse' } });
    } else if (draws < 0.4) {
      const rpc = random.pick(['commit-configuration', 'load-configuration']);
      faults.add({
        rpc,
        when: isOurs,
        moment: random.pick(['before', 'after']),
        times: 1,
        outcome: { kind: 'drop' },
      });
    }
    this.#world.tell(`trouble at ${what}: ${draws}`);
  }

  relent(): void {
    for (const site of this.#world.sites) {
      site.isReachable = true;
      site.device.faults.clear();
    }
  }

  async #commit({ device, record }: Site, line: string): Promise<boolean> {
    const operator = client(device, OPERATOR);
    await operator.ask(
      `<load-configuration action="set" format="text"><configuration-set>${line}</configuration-set></load-configuration>`,
    );
    const done = await operator.ask(COMMIT);
    const isDone = !done.includes('<error-severity>error');
    if (!isDone) await operator.ask('<discard-changes/>');
    operator.session.close();
    this.#world.tell(`a person on ${record.name}: ${line} ${isDone ? '' : 'refused'}`);
    return isDone;
  }
}
