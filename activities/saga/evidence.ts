/**
 * What proves that a gateway works on its routers.
 *
 * MASTER is what it says. BACKUP proves nothing at first: a router that hears nobody is backup as well, until its master-down interval is over (RFC
 * 5798 §6.4.2). So BACKUP counts only when every look for the length of such an interval has shown it, all of them after the commit, and the look
 * after them shows MASTER on the other router. Two masters don't hear each other: they never count. A router that may take over from that master waits
 * its hold-time first (`preempt hold-time`), from when it hears the master. So then the roles must have been right for that time as well, without a
 * break, also where only the primary router has groups. The same looks must also show that the groups of others in the same unit are not worse than
 * before an update.
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
  /** `dueMs`: in how many ms a look may complete the evidence. Absent: nobody knows, so the look begins at the usual time. */
  readonly look: (dueMs?: number) => Promise<TimedService>;
}

/** How much later than a router's timer is over the look comes that is due then, in ms: a router may be a little late. */
const LATE_MS = 100;

/** Evidence on the primary router. */
export class MasterEvidence {
  /** MASTER proves what it says at once, so no time counts. */
  readonly rightMs = 0;
  readonly #own: Lookout;
  readonly #times: Pick<EvidenceTimes, 'now' | 'minuteMs'>;
  /** When a router that hears no other one is MASTER. `undefined`: no look has shown a group yet. */
  #due: number | undefined;

  constructor(own: Lookout, times: Pick<EvidenceTimes, 'now' | 'minuteMs'>) {
    this.#own = own;
    this.#times = times;
  }

  async look(): Promise<Seen> {
    const { now, minuteMs } = this.#times;
    const shown = await this.#own.look(until(this.#due, now()));
    const { groups, words, worse, missing = unlike(groups, 'MASTER') ?? worse } = shown;
    if (missing === undefined) return { words, vrrp: groups.length === 0 ? null : 'MASTER' };
    if (groups.length > 0) this.#due ??= now() + masterDownMs(groups, minuteMs) + LATE_MS;
    return { missing };
  }
}

export interface EvidenceTimes {
  /** The process's monotonic clock. */
  readonly now: () => number;
  /** The length of a minute of the router's timers, in ms. */
  readonly minuteMs: number;
  /** How long another router may wait before it takes over from the primary, in ms. */
  readonly holdMs: number;
  /** For how long earlier attempts of this polling have seen the right roles without a break, in ms. */
  readonly rightMs: number;
}

/** Evidence on the secondary router. */
export class BackupEvidence {
  readonly #own: Lookout;
  readonly #primary: Lookout;
  readonly #times: EvidenceTimes;
  /** When the first of the looks ended that have shown BACKUP without a break. `undefined`: the last look did not show it. */
  #since: number | undefined;
  /** The same, of BACKUP beside MASTER. A look that shows nothing is no break. */
  #rightSince: number | undefined;
  #rightMs: number;
  /** When the looks have lasted long enough. `undefined`: it is not known. */
  #due: number | undefined;

  constructor(own: Lookout, primary: Lookout, times: EvidenceTimes) {
    this.#own = own;
    this.#primary = primary;
    this.#times = times;
    this.#rightMs = times.rightMs;
  }

  /** For how long looks have shown the right roles without a break, in ms, those of earlier attempts included. */
  get rightMs(): number {
    return this.#rightMs;
  }

  async look(): Promise<Seen> {
    const { holdMs, minuteMs, now } = this.#times;
    const {
      groups,
      others = [],
      words,
      worse,
      missing = worse,
      begunAt,
    } = await this.#own.look(until(this.#due, now()));
    if (missing !== undefined) return this.#notBackup(missing, groups);
    const watched = [...groups, ...others];
    if (watched.length === 0 && (holdMs === 0 || (await this.#isQuiet()))) return { words, vrrp: null };
    const wrong = unlike(groups, 'BACKUP');
    if (wrong !== undefined) return this.#notBackup(await this.#orBothMasters(wrong, groups), groups);
    this.#since ??= now();
    const needed = masterDownMs(watched, minuteMs);
    const tooShort = shorter(begunAt - this.#since, needed);
    this.#due = this.#since + needed + LATE_MS;
    // The hold-time counts from when both roles are right, so the primary is looked at from the beginning.
    if (tooShort !== undefined && holdMs === 0) return { missing: tooShort };
    const primary = await this.#primary.look(tooShort === undefined ? 0 : undefined);
    const problem = groups.length === 0 ? notMasterIn(primary) : noMasterIn(primary);
    if (problem !== undefined) {
      if (unlike(primary.groups, 'MASTER') !== undefined) this.#isWrong();
      const without = groups.length === 0 ? '' : 'BACKUP proves nothing without MASTER on ';
      return { missing: tooShort ?? `${without}${this.#primary.name}: ${problem}` };
    }
    this.#rightSince ??= now() - this.#rightMs;
    this.#rightMs = Math.max(this.#rightMs, begunAt - this.#rightSince);
    if (tooShort !== undefined) return { missing: tooShort };
    if (holdMs > 0 && this.#rightMs < needed + holdMs) {
      this.#due = this.#rightSince + needed + holdMs + LATE_MS;
      return {
        missing: `the roles may change until they have been right for ${secondsText(needed + holdMs)}, of which ${secondsText(this.#rightMs)} have passed`,
      };
    }
    if (primary.worse !== undefined) return { missing: `${this.#primary.name}: ${primary.worse}` };
    return { words, vrrp: groups.length === 0 ? null : 'BACKUP' };
  }

  #notBackup(missing: string, groups: readonly GroupSeen[]): Seen {
    this.#since = undefined;
    this.#due = undefined;
    if (unlike(groups, 'BACKUP') !== undefined) this.#isWrong();
    return { missing };
  }

  #isWrong(): void {
    this.#rightSince = undefined;
    this.#rightMs = 0;
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
}

/** In how many ms the moment comes. `undefined`: there is none, or it has passed. */
function until(moment: number | undefined, now: number): number | undefined {
  return moment === undefined || moment < now ? undefined : moment - now;
}

function masterDownMs(groups: readonly GroupSeen[], minuteMs: number): number {
  return lastingMs(Math.max(0, ...groups.map((group) => group.masterDownMs)), minuteMs);
}

/** That BACKUP was seen for too short a time. `undefined`: it was not. */
function shorter(seenMs: number, needed: number): string | undefined {
  const lasted = Math.max(0, seenMs);
  if (lasted >= needed) return undefined;
  return `BACKUP proves nothing before ${secondsText(needed)}, and was seen for ${secondsText(lasted)}`;
}

/** Why this look does not show that every group of the gateway, if it has any, is MASTER. `undefined`: it does, whatever else is missing there. */
function notMasterIn({ groups, missing }: Service): string | undefined {
  return groups.length === 0 ? missing : unlike(groups, 'MASTER');
}

/** Why this look shows no MASTER. `undefined`: it does, whatever else is missing there. */
function noMasterIn(service: Service): string | undefined {
  return notMasterIn({ missing: 'no VRRP group is configured', ...service });
}
