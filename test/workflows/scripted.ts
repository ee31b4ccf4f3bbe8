/**
 * Activities over a `/config` and a `/state` in memory, for the workflow alone: the pair answers at once, and each activity can be held at its
 * beginning. What the real activities do with etcd and routers is tested elsewhere.
 */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Activities } from '../../activities/index.ts';
import type { Action } from '../../gateway/change.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { COMPLETED, FAILED } from '../../gateway/records.ts';
import type { Awaited, Leftover, RegisterInput } from '../../gateway/outcomes.ts';
import type { GatewayRef, GatewayVersion } from '../../gateway/resource.ts';
import type { PlanInput, PlanOutcome } from '../../gateway/plan.ts';
import type { RequestInput } from '../../activities/requests/request.ts';
import type { Ticket } from '../../pair/messages.ts';
import { idleActivities } from '../../bench/nothing/activities.ts';

export type Step = keyof Activities;

interface Held {
  readonly reached: () => void;
  readonly released: Promise<void>;
}

/** One gateway. */
export class Script {
  readonly gateway: GatewayRef;
  config: { version: number; markedForDeletion?: true } | undefined = { version: 1 };
  standing: number | null = null;
  /** What `/state` was told, in order: `1 CREATE_FAILED: superseded by version 2`. */
  readonly told: string[] = [];
  /** All activities that began, in order. */
  readonly steps: Step[] = [];
  /** What was planned for each version. */
  readonly planned = new Map<number, Action>();
  /** How often the pair has put it on the routers. */
  applies = 0;
  /** The pair refuses the next apply, with this reason. */
  refusal: string | undefined;
  /** A router may have carried what the pair reverts. */
  mayHaveStood = false;
  /** No router works. */
  pollFailure: string | undefined;
  /** No failure can be published. */
  publishFailure: string | undefined;
  /** The next look at the configuration fails for good. */
  lookFailure: string | undefined;
  /** The pair is full. */
  isFull = false;
  /** What registering says that has to end first. */
  awaited: Awaited | undefined;
  /** What the activities were told that the run has written in order to wait, one after the other. */
  readonly waited: (RegisterInput['waited'] | null)[] = [];
  /** Who the registrations were told has woken the run without being waited for. */
  readonly wokenBy: GatewayRef[] = [];
  /** What was to be planned, one after the other. */
  readonly plans: PlanInput[] = [];
  /** Whether the pair was told of each apply that the saga was woken. */
  readonly woken: boolean[] = [];
  /** What an earlier run may have left: its version is kept by the time at which its revert is requested. */
  left: Leftover | undefined;
  readonly #holds = new Map<string, Held>();

  constructor(gateway: GatewayRef) {
    this.gateway = gateway;
  }

  /** Holds the activity, the next time that it runs: before it has done anything, or when it has done all. */
  hold(step: Step, moment: 'before' | 'after' = 'before'): { reached: Promise<void>; release: () => void } {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) =>
      this.#holds.set(`${step} ${moment}`, { reached: resolve, released }),
    );
    return { reached, release };
  }

  /** Resolves once it is released, or rejects once the activity hears of a cancel. */
  async pass(step: Step, moment: 'before' | 'after'): Promise<void> {
    const held = this.#holds.get(`${step} ${moment}`);
    if (held === undefined) return;
    this.#holds.delete(`${step} ${moment}`);
    held.reached();
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 20);
    try {
      await Promise.race([held.released, context.cancelled]);
    } finally {
      clearInterval(beat);
    }
  }

  count(step: Step): number {
    return this.steps.filter((one) => one === step).length;
  }

  /** Whether `/state` has the outcome of this version, or of a newer one. */
  hasEnded(version: number): boolean {
    return this.told.some((words) => Number.parseInt(words, 10) >= version);
  }
}

type Input = Partial<GatewayRef> & {
  readonly gateway?: GatewayRef;
  readonly request?: { readonly gateway: GatewayVersion };
};

export class Scripts {
  readonly #scripts = new Map<string, Script>();

  add(gateway: GatewayRef): Script {
    const script = new Script(gateway);
    this.#scripts.set(gateway.resourceId, script);
    return script;
  }

  readonly activities = Object.fromEntries(
    Object.entries(this.#all()).map(([name, act]) => [
      name,
      async (input: Input) => {
        const id = input.resourceId ?? input.gateway?.resourceId ?? input.request?.gateway.resourceId ?? '';
        const script = this.#scripts.get(id);
        if (script === undefined) throw ApplicationFailure.nonRetryable(`no script for ${id}`);
        script.steps.push(name as Step);
        await script.pass(name as Step, 'before');
        const outcome = await (act as (one: Script, input: unknown) => Promise<unknown>)(script, input);
        await script.pass(name as Step, 'after');
        return outcome;
      },
    ]),
  );

  #all() {
    const { register, recordStack, publishUnchanged, poll, markReverted, restoreRecords } = idleActivities;
    return {
      plan: async (script: Script, input: Parameters<Activities['plan']>[0]) => planOf(script, input),
      configVersion: async (script: Script) => {
        const { config, lookFailure } = script;
        script.lookFailure = undefined;
        if (lookFailure !== undefined) throw ApplicationFailure.nonRetryable(lookFailure, FAILURES.Internal);
        return config === undefined ? { kind: 'vanished' } : { kind: 'version', version: config.version };
      },
      register: async (script: Script, { waited, wokenBy = [], ...plan }: RegisterInput) => {
        const { config, awaited } = script;
        script.waited.push(waited ?? null);
        script.wokenBy.push(...wokenBy);
        if (config?.version === plan.gateway.version)
          return awaited === undefined ? register(plan) : { kind: 'waits', for: awaited };
        const now = config === undefined ? ': the configuration vanished' : ` by version ${config.version}`;
        throw ApplicationFailure.nonRetryable(`superseded${now}`, FAILURES.Superseded);
      },
      requestApply: async (script: Script, { request }: RequestInput) => {
        script.woken.push(request.woken === true);
        if (script.isFull) return { kind: 'full', ticket: TICKET, againMs: 60_000 };
        if (script.refusal !== undefined)
          return {
            kind: 'reverted',
            type: FAILURES.RouterRefused,
            reason: script.refusal,
            owedOn: [],
            ...(script.mayHaveStood && { mayHaveStood: true }),
          };
        script.applies += 1;
        return { kind: 'applied', trial: `trial ${script.applies}` };
      },
      requestConfirm: async (script: Script, { request }: { request: { gateway: GatewayVersion } }) => {
        const { version } = request.gateway;
        script.standing = script.planned.get(version) === 'delete' ? null : version;
        return { kind: 'kept' };
      },
      requestRevert: async (script: Script) => {
        if (script.left === undefined)
          return {
            kind: 'reverted',
            type: FAILURES.Cancelled,
            reason: 'undone',
            owedOn: [],
            ...(script.mayHaveStood && { mayHaveStood: true }),
          };
        script.standing = script.left.gateway.version;
        return { kind: 'kept' };
      },
      poll: async ({ pollFailure }: Script, input: Parameters<Activities['poll']>[0]) => {
        if (pollFailure === undefined) return poll(input);
        throw ApplicationFailure.nonRetryable(pollFailure, FAILURES.NotConverged);
      },
      recordStack: async (_: Script, input: never) => recordStack(input),
      markReverted: async (_: Script, input: never) => markReverted(input),
      restoreRecords: async (_: Script, input: never) => restoreRecords(input),
      publishCompleted: async (script: Script, input: Parameters<Activities['publishCompleted']>[0]) => {
        const { version } = input.gateway;
        script.told.push(`${version} ${COMPLETED[script.planned.get(version) ?? 'create']}`);
      },
      publishUnchanged: async (script: Script, input: Parameters<Activities['publishUnchanged']>[0]) => {
        if (script.pollFailure !== undefined)
          throw ApplicationFailure.nonRetryable(script.pollFailure, FAILURES.NotConverged);
        script.told.push(`${input.gateway.version} ${COMPLETED.update}`);
        return publishUnchanged(input);
      },
      publishFailed: async (script: Script, input: Parameters<Activities['publishFailed']>[0]) => {
        const { gateway, action = 'create', error, isSuperseded, waited } = input;
        script.waited.push(waited ?? null);
        if (script.publishFailure !== undefined)
          throw ApplicationFailure.nonRetryable(script.publishFailure, FAILURES.StoreCorrupt);
        // Here no answer to a registration is ever lost.
        if (isSuperseded === true) return;
        script.told.push(`${gateway.version} ${FAILED[action]}: ${error}`);
      },
      publishNothing: async (script: Script, { version }: GatewayVersion) => {
        if (script.left !== undefined) return { kind: 'leftover', left: script.left };
        script.told.push(`${version} ${COMPLETED.delete}`);
        return { kind: 'published' };
      },
    };
  }
}

const TICKET: Ticket = { door: 'd', number: 9, gate: 1, last: 9, opened: 0 };

async function planOf(script: Script, input: PlanInput): Promise<PlanOutcome> {
  script.plans.push(input);
  const { config, standing, gateway } = script;
  const searchAttributes: readonly string[] = [];
  if (config === undefined)
    return { kind: 'refused', type: FAILURES.NotFound, reason: 'nothing there', searchAttributes };
  const { version, markedForDeletion = false } = config;
  const at = { ...gateway, version };
  const action: Action = markedForDeletion ? 'delete' : standing === null ? 'create' : 'update';
  if ((input.version ?? version) !== version || (input.action ?? action) !== action)
    return { kind: 'refused', type: FAILURES.InvalidRequest, reason: 'something else', searchAttributes };
  if (script.hasEnded(version)) {
    const [, workerState = '', error = ''] = /^\d+ (\w+):? ?(.*)/.exec(script.told.at(-1) ?? '') ?? [];
    return { kind: 'ended', ended: { gateway: at, action, workerState, error }, searchAttributes };
  }
  if (markedForDeletion && standing === null) return { kind: 'nothing', gateway: at, searchAttributes };
  script.planned.set(version, action);
  const outcome = await idleActivities.plan(input);
  if (outcome.kind !== 'planned') throw new TypeError(`Expected a plan, got ${outcome.kind}`);
  const plan = { ...outcome.plan, gateway: at, action, standing, searchAttributes };
  const { waited } = input;
  return {
    kind: 'planned',
    plan: waited === undefined ? plan : { ...plan, run: waited.run, jobs: waited.jobs },
  };
}
