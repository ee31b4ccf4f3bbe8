/**
 * What sagas do before and after the pair's transactions: plan, register, wait, publish. A refusal is an outcome, and so is a wait. The promises: a waiter
 * is woken when the awaited change has ended; a parent and its child are never under way at once; no parent is registered for deletion while a child
 * stands.
 */
import { planning } from '../../../activities/saga/plan.ts';
import { publishCompleted, publishFailed } from '../../../activities/saga/publish.ts';
import { publishingNothing } from '../../../activities/saga/publish-nothing.ts';
import { registerPlan } from '../../../activities/saga/register.ts';
import { RefusedError } from '../../../activities/refused.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { Awaited } from '../../../gateway/outcomes.ts';
import type { Plan, PlanOutcome, Waited } from '../../../gateway/plan.ts';
import { isSameGateway, workflowIdOf } from '../../../gateway/resource.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { Family } from './family.ts';
import type { Ledger } from './ledger.ts';
import type { FamilyWorld } from './world.ts';

/** A change that has registered and is on its way to the routers. */
export interface AskedMember {
  readonly member: PairMember;
  readonly plan: PlanRecord;
}

/** A run of a saga that waits. */
interface WaitingSaga {
  readonly plan: Plan;
  readonly for: Awaited;
  readonly waited: Waited;
  isWoken: boolean;
}

interface SagasOptions {
  readonly world: FamilyWorld;
  readonly ledger: Ledger;
  readonly families: readonly Family[];
  readonly count: (what: string) => void;
  readonly problem: (words: string) => void;
}

export class Sagas {
  readonly #waiting = new Map<string, WaitingSaga>();
  readonly #underWay = new Map<string, GatewayRef>();
  readonly #options: SagasOptions;

  constructor(options: SagasOptions) {
    this.#options = options;
  }

  /** Starts a saga. If a run for an older version of the gateway waits, it is superseded. */
  async ask(gateway: TestGateway): Promise<readonly AskedMember[]> {
    const { world } = this.#options;
    const before = this.#waiting.get(workflowIdOf(gateway));
    if (before !== undefined)
      await this.#refused(before.plan, new RefusedError(FAILURES.Superseded, 'superseded'), before.waited);
    const outcome = await planning(world.deps)(gateway);
    if (outcome.kind === 'planned') return this.#register(outcome.plan);
    await this.#unplanned(outcome);
    return [];
  }

  /** The runs that were woken register again. */
  async woken(): Promise<readonly AskedMember[]> {
    const all: AskedMember[] = [];
    // A copy, because registering changes who waits.
    const waiting = [...this.#waiting.values()];
    for (const { plan, waited, isWoken } of waiting)
      if (isWoken) all.push(...(await this.#register(plan, waited)));
    return all;
  }

  /**
   * The runs that nobody has woken look by themselves, as they do after a while. None of them may find that its wait is over: somebody should have woken
   * it. And at the end a run may still wait only for a gateway of which a router owes a change.
   */
  async lookAgain(owing: ReadonlySet<string>): Promise<void> {
    const waiting = [...this.#waiting.values()];
    for (const { plan, waited, for: awaited } of waiting) {
      const asked = await this.#register(plan, waited);
      this.#options.count(`waits to the end: ${awaited.phase}`);
      const who = `${workflowIdOf(plan.gateway)} waits for ${workflowIdOf(awaited.gateway)}, ${awaited.phase}`;
      if (this.#waiting.has(workflowIdOf(plan.gateway))) {
        if (!owing.has(workflowIdOf(awaited.gateway))) this.#options.problem(`${who}, for ever`);
        continue;
      }
      this.#options.problem(`${who}: nobody wakes it, and it ${asked.length > 0 ? 'goes on' : 'is refused'}`);
      for (const { member } of asked) await this.failed(member, 'too late');
    }
  }

  /** What the activities' client does with a wake. A run that does not wait any more must have left no key by which it could be woken. */
  wake(workflowId: string): void {
    const waiting = this.#waiting.get(workflowId);
    this.#options.world.tell(`woken: ${workflowId}`);
    if (waiting === undefined) this.#options.problem(`${workflowId} was woken, and does not wait`);
    else waiting.isWoken = true;
  }

  async completed(member: PairMember): Promise<void> {
    await publishCompleted(this.#options.world.deps, { ...member, seen: [] });
    this.#ended(member.gateway);
  }

  async failed({ gateway, run }: PairMember, error: string, clean = true): Promise<void> {
    await publishFailed(this.#options.world.deps, { gateway, run, error, registered: true, clean });
    this.#ended(gateway);
  }

  async #register(plan: Plan, waited?: Waited): Promise<readonly AskedMember[]> {
    const { world, count } = this.#options;
    const { deps } = world;
    const id = workflowIdOf(plan.gateway);
    const outcome = await registerPlan(deps, plan, Date.now(), { waited }).catch((error: unknown) => {
      if (error instanceof RefusedError) return error;
      throw error;
    });
    if (outcome instanceof RefusedError) {
      count(`refused at registration: ${outcome.type}`);
      await this.#refused(plan, outcome, waited);
      return [];
    }
    world.tell(
      `${id} version ${plan.gateway.version}, ${plan.action}: ${JSON.stringify(outcome).slice(0, 200)}`,
    );
    if (outcome.kind === 'waits') {
      count(`waits: ${outcome.for.phase}`);
      const next = { awaited: outcome.for.gateway, run: plan.run, jobs: plan.jobs };
      this.#waiting.set(id, { plan, for: outcome.for, waited: next, isWoken: false });
      return [];
    }
    this.#waiting.delete(id);
    if (outcome.kind !== 'registered') {
      count(`not registered: ${outcome.kind}`);
      if (waited !== undefined) await deps.store.forgetWaited(plan.gateway, waited);
      return [];
    }
    const { gateway, run, name } = outcome.plan;
    this.#checkFamily(gateway, outcome.plan.action);
    if (outcome.plan.unchanged) {
      // Such an update asks nothing of the pair. Its saga publishes once it sees that the routers work.
      count('unchanged');
      await this.completed({ gateway, run, name });
      return [];
    }
    this.#underWay.set(id, gateway);
    await deps.store.permitApply(gateway, run, Date.now());
    const record = await deps.store.planRecord(gateway);
    return record === undefined ? [] : [{ member: { gateway, run, name }, plan: record }];
  }

  #checkFamily(gateway: GatewayRef, action: Plan['action']): void {
    const { ledger, families, problem } = this.#options;
    const id = workflowIdOf(gateway);
    for (const { parent, children, isOrphaned } of families) {
      if (isSameGateway(parent, gateway)) {
        // Somebody has removed the keys by which the parent knows its children.
        if (action === 'delete' && isOrphaned) continue;
        for (const child of children) {
          if (this.#underWay.has(workflowIdOf(child)))
            problem(`${id} is registered while ${workflowIdOf(child)} is under way`);
          if (action === 'delete' && ledger.stands(child))
            problem(`${id} is registered for deletion, and ${workflowIdOf(child)} stands in it`);
        }
      } else if (
        children.some((child) => isSameGateway(child, gateway)) &&
        this.#underWay.has(workflowIdOf(parent))
      )
        problem(`${id} is registered while ${workflowIdOf(parent)} is under way`);
    }
  }

  /** Ends a run that does not register, or that gives up its wait. */
  async #refused(
    { gateway, run, action, replaces }: Plan,
    { type, message: error }: RefusedError,
    waited?: Waited,
  ): Promise<void> {
    this.#waiting.delete(workflowIdOf(gateway));
    const left = await publishFailed(this.#options.world.deps, {
      gateway,
      run,
      error,
      action,
      registered: false,
      clean: true,
      ...(replaces !== undefined && { replaces }),
      ...(waited && { waited }),
      ...(type === FAILURES.Superseded && { isSuperseded: true }),
    });
    if (left === undefined) this.#ended(gateway);
  }

  async #unplanned(outcome: Exclude<PlanOutcome, { kind: 'planned' }>): Promise<void> {
    const { world, count } = this.#options;
    count(`not planned: ${outcome.kind === 'invalid' ? (outcome.type ?? 'invalid') : outcome.kind}`);
    world.tell(`not planned: ${JSON.stringify(outcome)}`);
    if (outcome.kind === 'nothing') await publishingNothing(world.deps)(outcome.gateway);
    else if (outcome.kind === 'invalid')
      await publishFailed(world.deps, {
        ...outcome,
        run: null,
        error: outcome.reason,
        registered: false,
        clean: true,
      });
    else return;
    this.#ended(outcome.gateway);
  }

  #ended(gateway: GatewayRef): void {
    this.#underWay.delete(workflowIdOf(gateway));
    for (const [id, { for: awaited, isWoken }] of this.#waiting)
      if (isSameGateway(awaited.gateway, gateway) && !isWoken)
        this.#options.problem(`${workflowIdOf(gateway)} has ended, and ${id} still waits for it`);
  }
}
