/**
 * Which version of the gateway is wanted. A signal is only a doorbell: what is wanted is what the configuration has. So after a signal that names a
 * higher version than the saga works on, or none, the saga looks at the configuration. If the configuration has a newer version, the work stops where a
 * cancel would stop it. After the end of that work the workflow goes on with the newer version.
 */
import {
  CancellationScope,
  condition,
  defineSignal,
  log,
  patched,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { Action } from '../gateway/change.ts';
import { APPLY_SIGNAL } from '../gateway/messages.ts';
import type { WantedVersion } from '../gateway/messages.ts';
import type { ConfigVersion } from '../gateway/outcomes.ts';
import type { PlanOutcome } from '../gateway/plan.ts';
import { SUPERSEDE_TIMES } from '../gateway/policies.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { activities } from './activities.ts';
import { pauses } from './again.ts';
import { reasonOf } from './reason.ts';
import type { Shield } from './shield.ts';

const applySignal = defineSignal<[(WantedVersion | null)?]>(APPLY_SIGNAL);

/**
 * The patch that marks runs which began with an older release. Those lose a signal if the look fails for good, if the configuration vanished before and
 * has come back without a higher version, or if the request is for another version than the signal.
 */
const LOSES_NONE = 'a saga loses no signal';

/** What the saga works on. */
export interface Work {
  readonly gateway: GatewayRef;
  /** `null`: the request led to no version, so any version is newer. */
  readonly version: number | null;
  /** Absent: nothing is to be done. */
  readonly action?: Action;
}

export function workOf(planned: PlanOutcome): Pick<Work, 'version' | 'action'> {
  switch (planned.kind) {
    case 'planned':
      return { version: planned.plan.gateway.version, action: planned.plan.action };
    case 'invalid':
      return { version: planned.gateway.version, action: planned.action };
    case 'ended':
      return { version: planned.ended.gateway.version };
    case 'kept':
      return { version: planned.gateway.version };
    case 'nothing':
      return { version: planned.gateway.version, action: 'delete' };
    case 'refused':
      return { version: null };
  }
}

export class Wanted {
  readonly #shield: Shield;
  #work: Work | undefined;
  /** The highest version told since the last look at the configuration. Infinity: a signal named none. `undefined`: there was no signal. */
  #told: number | undefined;
  #signals = 0;
  #isLooking = false;
  #newer: number | undefined;
  /** The work was given up because the configuration vanished. So whichever version comes then is a newer one. */
  #isGone = false;
  /** The highest version told before the plan that is higher than the requested one. */
  #toldBefore: number | undefined;

  /** Sets the handler. Must be constructed before anything is awaited. The plan answers all signals that have come before it. */
  constructor(shield: Shield) {
    this.#shield = shield;
    setHandler(applySignal, (told) => this.#ring(told?.version), {
      description: 'The configuration may have a newer version: look',
    });
  }

  /** Whether somebody has signalled, whatever came of it. */
  get isRung(): boolean {
    return this.#signals > 0;
  }

  /** Absent: nothing is planned yet. */
  get work(): Work | undefined {
    return this.#work;
  }

  /** The newer version that the configuration was found to have. `undefined`: none was found. */
  get newer(): number | undefined {
    return this.#newer;
  }

  /** Waits until no signal has come for a moment. */
  async quietDown(): Promise<void> {
    const until = Date.now() + SUPERSEDE_TIMES.quietMaxMs;
    for (let before = -1; before !== this.#signals && Date.now() < until;) {
      before = this.#signals;
      await sleep(SUPERSEDE_TIMES.quietMs);
    }
  }

  /**
   * Must be called right before the plan is made. The plan reads the configuration, so it answers all signals that have come before. But a plan that only
   * finds that the configuration has another version than the requested one does not answer who has told of a higher version: he has not made the request.
   */
  beginPlan(requested: number | undefined): void {
    const told = this.#told;
    this.#toldBefore = told !== undefined && told > (requested ?? Infinity) ? told : undefined;
    this.#told = undefined;
  }

  worksOn(work: Work): void {
    this.#work = work;
    const told = this.#toldBefore;
    if (work.version === null && told !== undefined && patched(LOSES_NONE)) this.#isTold(told);
    this.#lookIfRung(work);
  }

  /** Resolves once every signal is answered by a look at the configuration, or a cancel makes the answer meaningless. */
  async answered(): Promise<void> {
    await condition(() => !this.#isLooking || this.#shield.isCancelled);
  }

  #ring(version: unknown): void {
    this.#signals += 1;
    const told = Number.isSafeInteger(version) ? (version as number) : Infinity;
    this.#isTold(told);
    if (this.#work !== undefined) this.#lookIfRung(this.#work);
  }

  #isTold(version: number): void {
    this.#told = Math.max(version, this.#told ?? version);
  }

  #lookIfRung(work: Work): void {
    if (!this.#isLooking && this.#isRung(work)) void CancellationScope.nonCancellable(() => this.#look(work));
  }

  #isRung({ version }: Work): boolean {
    if (this.#told === undefined) return false;
    if (this.#told > (this.#newer ?? version ?? -Infinity)) return true;
    return this.#isGone && this.#newer === undefined && patched(LOSES_NONE);
  }

  async #look(work: Work): Promise<void> {
    this.#isLooking = true;
    const pause = pauses(SUPERSEDE_TIMES.lookAgainMs);
    while (this.#isRung(work)) {
      const told = this.#told;
      this.#told = undefined;
      try {
        this.#found(work, await activities.configVersion(work.gateway));
      } catch (error) {
        // The failure shows a defect. It is reported, and the look is made again until somebody has mended the defect.
        log.error('the configuration could not be looked at', { reason: reasonOf(error) });
        if (told === undefined || !patched(LOSES_NONE)) continue;
        this.#isTold(told);
        await sleep(pause.next().value);
      }
    }
    this.#isLooking = false;
  }

  #found({ version, action }: Work, found: ConfigVersion): void {
    const isNewer = (one: number) => one > (version ?? -Infinity) || (this.#isGone && patched(LOSES_NONE));
    this.#newer = found.kind === 'version' && isNewer(found.version) ? found.version : undefined;
    if (this.#newer !== undefined) this.#shield.supersede(`superseded by version ${this.#newer}`);
    // A deletion goes on: it is what the configuration asked for last.
    else if (found.kind === 'vanished' && action !== 'delete') {
      this.#isGone = true;
      this.#shield.supersede('superseded: the configuration vanished');
    }
  }
}
