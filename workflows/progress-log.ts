/** Records what a saga has done and what it waits for, for the progress query and for the current details in the Web UI. */
import { defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { oneLine, vrrpTimeText } from '../gateway/display.ts';
import type { Plan, VersionEnd } from '../gateway/plan.ts';
import type { ChangeLimits } from '../gateway/policies.ts';
import type { VrrpTime } from '../gateway/vrrp-time.ts';
import { pairIdOf } from '../pair/messages.ts';
import { HELD_SIGNAL } from '../gateway/messages.ts';
import type { HeldRouters, Progress, StepName, StepProgress } from '../gateway/messages.ts';

const heldSignal = defineSignal<[Partial<HeldRouters> | null | undefined]>(HELD_SIGNAL);

/** How many steps are shown at most, the newest ones. A creation has a dozen; more come only of trials that fell back and of earlier runs. */
export const STEPS_SHOWN = 100;

type Open = { -readonly [K in keyof StepProgress]: StepProgress[K] };

export class ProgressLog {
  readonly #steps: Open[] = [];
  #sequence = 0;
  #head: Omit<Progress, 'steps'>;
  /** Search attributes that the namespace has, once they are known. */
  searchAttributes: Plan['searchAttributes'] = [];
  /** Names of the primary and the secondary router, once they are known. */
  pairNames: readonly [string, string] | null = null;
  #held: string | null = null;

  constructor(gateway: Progress['gateway']) {
    this.#head = { gateway, name: null, outcome: 'running' };
  }

  get progress(): Progress {
    return { ...this.#head, steps: this.#steps };
  }

  /**
   * Sets the handler of the signal that tells of maintenance holds, for the page. Must be called before anything is awaited. A person may have sent the
   * signal, so its payload may be anything.
   */
  listen(): void {
    const read = (input: Partial<HeldRouters> | null | undefined) =>
      typeof input?.why === 'string' ? oneLine(input.why) : null;
    setHandler(heldSignal, (input) => this.held(read(input)), {
      description: 'Which routers of the pair an operator holds: the page shows it',
    });
  }

  /** Notes which routers of the saga's pair an operator holds, in words for a person. `null`: none is held, or it is not known. */
  held(why: string | null): void {
    this.#held = why;
    this.#show();
  }

  /** Replaces some facts about the gateway or the outcome. */
  tell(facts: Partial<Omit<Progress, 'steps'>>): void {
    this.#head = { ...this.#head, ...facts };
    this.#show();
  }

  /**
   * Sequence number of the saga's next request, in ms since the epoch. Requests that revert an earlier run of the gateway take their numbers from the
   * same sequence. Workflow time stands still within a workflow task, but each request needs a higher number than the last ("sequence", M2).
   */
  nextSequence(): number {
    this.#sequence = Math.max(Date.now(), this.#sequence + 1);
    return this.#sequence;
  }

  /**
   * Runs a step and notes when it began, how it ended, and what it waits for meanwhile. The step may note that it waits at the door of its pair, and
   * later that it no longer does. `note`: words for the result of a step that is done. Without them the words of `waitingFor` stay.
   */
  async step<T>(
    step: StepName,
    waitingFor: string | undefined,
    run: (noteDoor: (place: StepProgress['atTheDoor']) => void) => Promise<T>,
    note?: (result: T) => string | undefined,
  ): Promise<T> {
    const entry: Open = { step, status: 'running', since: now() };
    if (waitingFor !== undefined) entry.waitingFor = waitingFor;
    this.#steps.push(entry);
    if (this.#steps.length > STEPS_SHOWN) this.#steps.shift();
    this.#show();
    try {
      const result = await run((place) => {
        if (place === undefined) delete entry.atTheDoor;
        else entry.atTheDoor = place;
        this.#show();
      });
      const words = note?.(result);
      entry.note = oneLine(words ?? waitingFor ?? '');
      entry.status = 'done';
      return result;
    } catch (error) {
      entry.status = 'failed';
      throw error;
    } finally {
      entry.until = now();
      delete entry.waitingFor;
      delete entry.atTheDoor;
      this.#held = null;
      this.#show();
    }
  }

  #show(): void {
    const { gateway, name, outcome, error, limits, vrrp, pair, ends = [] } = this.#head;
    const rows = this.#steps.map(
      (s) =>
        `| ${s.step} | ${s.status} | ${s.waitingFor ?? s.note ?? ''}${door(s)} | ${s.since.slice(11, 19)} | ${took(s)} |`,
    );
    setCurrentDetails(
      [
        `**${name ?? gateway.resourceId}** ${versionsText(this.#head)}: **${outcome}**${error === undefined ? '' : ` – ${error}`}`,
        '',
        ...(this.#held === null || outcome !== 'running' ? [] : [`**Held**: ${this.#held}`, '']),
        '| step | state | with | since (UTC) | took |',
        '| --- | --- | --- | --- | --- |',
        ...rows,
        ...(pair === undefined
          ? []
          : ['', `Pair ${this.pairNames?.join(', ') ?? ''}: workflow \`${pairIdOf(pair)}\``]),
        ...(limits === undefined ? [] : ['', limitsText(limits, vrrp)]),
        ...(ends.length === 0 ? [] : ['', ...ends.map(endText)]),
      ].join('\n'),
    );
  }
}

/** `version 1`, `version 1 → 2`, `deletion of version 1, at version 2` */
function versionsText({ gateway, action, standing }: Omit<Progress, 'steps'>): string {
  const version = gateway.version ?? '?';
  if (standing === undefined) return `version ${version}`;
  return action === 'delete'
    ? `deletion of version ${standing}, at version ${version}`
    : `version ${standing} → ${version}`;
}

/** `vrrp`: `undefined` until it is known, with what is on trial. */
function limitsText({ vrrpLimitMs, vrrpMaxMs, vrrpIntervalMs }: ChangeLimits, vrrp?: VrrpTime): string {
  const time =
    vrrp === undefined
      ? `VRRP may take ${vrrpLimitMs / 1000} to ${vrrpMaxMs / 1000} s to come up, by the routers' timers`
      : vrrpTimeText(vrrp);
  return `${time}; a look every ${vrrpIntervalMs / 1000} s`;
}

/** `* version 1: superseded by version 2`, `* version 2: failed: MX-1: …` */
function endText({ version, outcome, error }: VersionEnd): string {
  return `* version ${version}: ${outcome === 'superseded' && error !== undefined ? error : [outcome, error].filter(Boolean).join(': ')}`;
}

/** Workflow time: the sandbox's `Date` is deterministic. */
function now(): string {
  return new Date().toISOString();
}

function door({ atTheDoor }: StepProgress): string {
  return atTheDoor === undefined ? '' : `; at the door, ${atTheDoor.ahead} ahead`;
}

function took(step: StepProgress): string {
  return step.until === undefined ? '' : `${Date.parse(step.until) - Date.parse(step.since)} ms`;
}
