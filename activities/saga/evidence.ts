/**
 * What proves that a gateway works on its routers.
 *
 * MASTER is what it says. BACKUP proves nothing at first: a router that hears nobody is backup as well, until its master-down interval is over (RFC
 * 5798 §6.4.2). So BACKUP counts only when every look for the length of such an interval has shown it, all of them after the commit, and the look
 * after them shows MASTER on the other router. Two masters don't hear each other: they never count. If an update changes VRRP, the routers show their
 * old roles until the one that shall take over has waited its hold-time (`preempt hold-time`). So the roles must be right after that time, too, also
 * where only the primary router has groups. For as long, the same looks must also show that the groups of others in the same unit are not worse than
 * before the update.
 */
import { secondsText } from '../../gateway/display.ts';
import type { Observation } from '../../gateway/plan.ts';
import { lastingMs } from '../../gateway/vrrp-time.ts';
import { unlike } from '../router/service.ts';
import type { GroupSeen, Service } from '../router/service.ts';

export type Seen =
  Pick<Observation, 'vrrp' | 'words'> | { /** What is not as promised yet. */ readonly missing: string };

/** What a look says, and when it began, in ms of the process's monotonic clock. */
export interface TimedService extends Service {
  readonly begunAt: number;
}

/** Looks at one router. */
export interface Lookout {
  /** The router's name. */
  readonly name: string;
  readonly look: () => Promise<TimedService>;
}

/** Evidence on the primary router. */
export class MasterEvidence {
  readonly #own: Lookout;

  constructor(own: Lookout) {
    this.#own = own;
  }

  async look(): Promise<Seen> {
    const { groups, words, worse, missing = unlike(groups, 'MASTER') ?? worse } = await this.#own.look();
    if (missing !== undefined) return { missing };
    return { words, vrrp: groups.length === 0 ? null : 'MASTER' };
  }
}

export interface EvidenceTimes {
  /** The process's monotonic clock. */
  readonly now: () => number;
  /** The length of a minute of the router's timers, in ms. */
  readonly minuteMs: number;
  /** A time on that clock before which the commit was made, maybe before an earlier attempt of this polling. */
  readonly committedBefore: number;
  /** How long both routers may show old roles after the commit, in ms: a router may wait before it takes over. */
  readonly holdMs: number;
}

/** Evidence on the secondary router. */
export class BackupEvidence {
  readonly #own: Lookout;
  readonly #primary: Lookout;
  readonly #times: EvidenceTimes;
  /** When the first of the looks ended that have shown BACKUP without a break. `undefined`: the last look did not show it. */
  #since: number | undefined;

  constructor(own: Lookout, primary: Lookout, times: EvidenceTimes) {
    this.#own = own;
    this.#primary = primary;
    this.#times = times;
  }

  async look(): Promise<Seen> {
    const { groups, others = [], words, worse, missing = worse, begunAt } = await this.#own.look();
    if (missing !== undefined) return this.#notBackup(missing);
    const watched = [...groups, ...others];
    if (watched.length === 0 && (this.#times.holdMs === 0 || (await this.#isQuiet())))
      return { words, vrrp: null };
    const wrong = unlike(groups, 'BACKUP');
    if (wrong !== undefined) return this.#notBackup(await this.#orBothMasters(wrong, groups));
    this.#since ??= this.#times.now();
    const [lasted, needed] = [Math.max(0, begunAt - this.#since), this.#masterDownMs(watched)];
    if (lasted < needed)
      return {
        missing: `BACKUP proves nothing before ${secondsText(needed)}, and was seen for ${secondsText(lasted)}`,
      };
    const passedMs = Math.max(0, begunAt - this.#times.committedBefore);
    if (passedMs < needed + this.#times.holdMs)
      return {
        missing: `the roles may change until ${secondsText(needed + this.#times.holdMs)} after the update, of which ${secondsText(passedMs)} have passed`,
      };
    const primary = await this.#primary.look();
    if (primary.worse !== undefined) return { missing: `${this.#primary.name}: ${primary.worse}` };
    if (groups.length === 0) {
      const changed = notMasterIn(primary);
      return changed === undefined ? { words, vrrp: null } : { missing: `${this.#primary.name}: ${changed}` };
    }
    const problem = noMasterIn(primary);
    if (problem === undefined) return { words, vrrp: 'BACKUP' };
    return { missing: `BACKUP proves nothing without MASTER on ${this.#primary.name}: ${problem}` };
  }

  #notBackup(missing: string): Seen {
    this.#since = undefined;
    return { missing };
  }

  async #orBothMasters(wrong: string, groups: readonly GroupSeen[]): Promise<string> {
    if (unlike(groups, 'MASTER') !== undefined) return wrong;
    if (noMasterIn(await this.#primary.look()) !== undefined) return wrong;
    return `${wrong}: MASTER on ${this.#primary.name} too, the two don't hear each other`;
  }

  /** Whether the primary router has no VRRP group either whose role could change. */
  async #isQuiet(): Promise<boolean> {
    const { groups, others = [], missing } = await this.#primary.look();
    return missing === undefined && groups.length + others.length === 0;
  }

  #masterDownMs(groups: readonly GroupSeen[]): number {
    const longest = Math.max(0, ...groups.map(({ masterDownMs }) => masterDownMs));
    return lastingMs(longest, this.#times.minuteMs);
  }
}

/** Why this look does not show that every group of the gateway, if it has any, is MASTER. `undefined`: it does, whatever else is missing there. */
function notMasterIn({ groups, missing }: Service): string | undefined {
  return groups.length === 0 ? missing : unlike(groups, 'MASTER');
}

/** Why this look shows no MASTER. `undefined`: it does, whatever else is missing there. */
function noMasterIn(service: Service): string | undefined {
  return notMasterIn({ missing: 'no VRRP group is configured', ...service });
}
