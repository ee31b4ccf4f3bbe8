/** A gateway's saga as far as its pair is concerned. */
import type { PairAnswer, PairMember, PairRequest } from '../../pair/messages.ts';
import type { Chance } from './model-world.ts';
import { run } from './driver.ts';

export type States = Map<string, 'created' | 'failed'>;

/** One run of a gateway. Leftover members have lost their names for people. */
export function keyOf({ gateway, run: token }: Pick<PairMember, 'gateway' | 'run'>): string {
  return `${gateway.resourceId}/${token}`;
}

type Stage = 'recovering' | 'pushing' | 'polling' | 'keeping' | 'dropping' | 'ended';

let activities = 0;

export class ModelSaga {
  readonly name: string;
  readonly member: PairMember;
  readonly workflowId: string;
  /** The ask that is not answered. */
  ask: PairRequest | null = null;
  #stage: Stage;
  #reservation = '';
  #isCancelled = false;
  #wasTerminated = false;
  #wasRegistered: boolean;
  readonly #left: PairMember | undefined;

  constructor(name: string, token: string, left: PairMember | undefined) {
    this.name = name;
    this.member = run(name, token);
    this.workflowId = `vpn_gateway:${name}`;
    this.#left = left;
    this.#wasRegistered = left === undefined;
    this.#stage = this.#wasRegistered ? 'pushing' : 'recovering';
  }

  get lives(): boolean {
    return this.#stage !== 'ended';
  }

  /** Whose work an ever newer run has to clear away first: of this one, once it was its turn to ask. */
  get leaves(): PairMember | undefined {
    return this.#wasRegistered ? this.member : this.#left;
  }

  get endedByItself(): boolean {
    return !this.lives && !this.#wasTerminated;
  }

  get words(): string {
    return `${keyOf(this.member)} ${this.#stage}, ${this.ask === null ? 'asks nothing' : this.ask.action.kind}`;
  }

  isTerminated(): void {
    this.#stage = 'ended';
    this.#wasTerminated = true;
    this.ask = null;
  }

  /** Begins again, with the token of its run, at its push. */
  isReset(): void {
    if (this.#stage === 'recovering') return;
    this.#stage = 'pushing';
    this.#isCancelled = false;
    this.ask = null;
  }

  isCancelled(): void {
    this.#isCancelled = true;
  }

  /** Its next step, if it is not waiting for an answer; a cancel ends the waiting for a push. */
  acts(chance: Chance, sequence: number, states: States): PairRequest | undefined {
    if (this.#isCancelled && this.#stage === 'pushing') {
      this.ask = null;
      this.#stage = 'dropping';
    }
    if (!this.lives || this.ask !== null) return undefined;
    switch (this.#stage) {
      case 'recovering':
        return this.#asks(this.#left as PairMember, { kind: 'revert', reason: 'left by another run' }, sequence);
      case 'pushing':
        return this.#asks(this.member, { kind: 'apply' }, sequence);
      case 'polling': {
        const fails = this.#isCancelled || chance(4) === 1;
        this.#stage = fails ? 'dropping' : 'keeping';
        return this.acts(chance, sequence, states);
      }
      case 'keeping':
        return this.#asks(this.member, { kind: 'confirm', trial: this.#reservation, seen: [] }, sequence);
      case 'dropping':
        return this.#asks(this.member, { kind: 'revert', reason: 'cancelled' }, sequence);
      case 'ended':
        return undefined;
    }
  }

  hears(answer: PairAnswer, states: States): void {
    this.ask = null;
    switch (answer.kind) {
      case 'applied':
      case 'applied again':
        this.#reservation = answer.trial;
        this.#stage = 'polling';
        return;
      case 'kept':
      case 'created':
        if (!states.has(this.name)) states.set(this.name, 'created');
        this.#stage = 'ended';
        return;
      case 'reverted':
        if (this.#stage === 'recovering') {
          this.#stage = 'pushing';
          this.#wasRegistered = true;
          return;
        }
        if (!states.has(this.name)) states.set(this.name, 'failed');
        this.#stage = 'ended';
    }
  }

  #asks(member: PairMember, action: PairRequest['action'], sequence: number): PairRequest {
    activities += 1;
    const replyTo = { workflowId: this.workflowId, runId: this.member.run, activityId: `${activities}` };
    this.ask = { ...member, sequence, replyTo, action };
    return this.ask;
  }
}
