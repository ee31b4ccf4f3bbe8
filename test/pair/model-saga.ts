/** A gateway's saga, as far as its pair is concerned. */
import type { PairAnswer, PairMember, PairRequest, Ticket } from '../../pair/messages.ts';
import { run } from './driver.ts';

/** Draws a number that decides what happens next. When none is left, it is 0: nothing special happens. */
export type Chance = (below: number) => number;

export type States = Map<string, 'created' | 'failed'>;

/** Names one run of a gateway. Leftover members have lost their display names. */
export function keyOf({ gateway, run: id }: Pick<PairMember, 'gateway' | 'run'>): string {
  return `${gateway.resourceId}/${id}`;
}

type Stage = 'reverting leftover' | 'applying' | 'polling' | 'confirming' | 'reverting' | 'ended';

let activities = 0;

export class ModelSaga {
  readonly name: string;
  readonly member: PairMember;
  readonly workflowId: string;
  /** The request that is not answered. */
  request: PairRequest | null = null;
  #stage: Stage;
  #trial = '';
  #ticket: Ticket | null = null;
  /** It stands at the door: the last answer was `full`. */
  #isAtTheDoor = false;
  #sequence = 0;
  #isCancelled = false;
  #wasTerminated = false;
  #wasRegistered: boolean;
  readonly #leftover: PairMember | undefined;

  constructor(name: string, runId: string, leftover: PairMember | undefined) {
    this.name = name;
    this.member = run(name, runId);
    this.workflowId = `vpn_gateway:${name}`;
    this.#leftover = leftover;
    this.#wasRegistered = leftover === undefined;
    this.#stage = this.#wasRegistered ? 'applying' : 'reverting leftover';
  }

  get lives(): boolean {
    return this.#stage !== 'ended';
  }

  /** What the next run has to revert first: this run's work once it was registered, before that its own leftover. */
  get leaves(): PairMember | undefined {
    return this.#wasRegistered ? this.member : this.#leftover;
  }

  get endedByItself(): boolean {
    return !this.lives && !this.#wasTerminated;
  }

  get words(): string {
    return `${keyOf(this.member)} ${this.#stage}, ${this.request === null ? 'waits for nothing' : this.request.action.kind}`;
  }

  terminate(): void {
    this.#stage = 'ended';
    this.#wasTerminated = true;
    this.request = null;
  }

  /** Begins again at its request to apply, as the same run. */
  reset(): void {
    if (this.#stage === 'reverting leftover') return;
    this.#stage = 'applying';
    this.#isCancelled = false;
    this.request = null;
  }

  cancel(): void {
    this.#isCancelled = true;
  }

  /** Its next request, if it doesn't wait for an answer. A cancel ends the wait for the answer to `apply`. */
  acts(chance: Chance, sequence: number, states: States): PairRequest | undefined {
    if (this.#isCancelled && this.#stage === 'applying') {
      this.request = null;
      this.#stage = 'reverting';
    }
    if (!this.lives || this.request !== null) return undefined;
    switch (this.#stage) {
      case 'reverting leftover':
        return this.#requests(
          this.#leftover as PairMember,
          { kind: 'revert', reason: 'left by another run' },
          sequence,
        );
      case 'applying':
        return this.#requests(this.member, { kind: 'apply' }, sequence);
      case 'polling': {
        const fails = this.#isCancelled || chance(4) === 1;
        this.#stage = fails ? 'reverting' : 'confirming';
        return this.acts(chance, sequence, states);
      }
      case 'confirming':
        return this.#requests(this.member, { kind: 'confirm', trial: this.#trial }, sequence);
      case 'reverting':
        return this.#requests(
          this.member,
          { kind: 'revert', reason: 'cancelled', ...(this.#leaves && { atTheDoor: this.#leaves }) },
          sequence,
        );
      case 'ended':
        return undefined;
    }
  }

  hears(answer: PairAnswer, states: States): void {
    const { request } = this;
    this.request = null;
    this.#isAtTheDoor = answer.kind === 'full';
    this.#sequence = request?.sequence ?? 0;
    switch (answer.kind) {
      case 'applied':
      case 'applied again':
        this.#trial = answer.trial;
        this.#stage = 'polling';
        return;
      case 'kept':
      case 'complete':
        if (!states.has(this.name)) states.set(this.name, 'created');
        this.#stage = 'ended';
        return;
      case 'full':
        this.#ticket = answer.ticket;
        return;
      case 'reverted':
        if (this.#stage === 'reverting leftover') {
          this.#stage = 'applying';
          this.#wasRegistered = true;
          return;
        }
        if (!states.has(this.name)) states.set(this.name, 'failed');
        this.#stage = 'ended';
    }
  }

  /** The ticket with which it waits at the door, if it has requested nothing since. */
  get #leaves(): Ticket | null {
    return this.#isAtTheDoor ? this.#ticket : null;
  }

  /** At the door the same request is sent again, with the ticket. */
  #requests(member: PairMember, action: PairRequest['action'], now: number): PairRequest {
    const isSame = this.#isAtTheDoor && !('atTheDoor' in action) && this.#ticket !== null;
    const sequence = isSame ? this.#sequence : now;
    const ticket = isSame && this.#ticket ? { ticket: this.#ticket } : {};
    this.#isAtTheDoor = false;
    activities += 1;
    const replyTo = { workflowId: this.workflowId, runId: this.member.run, activityId: `${activities}` };
    this.request = { ...member, sequence, replyTo, action, ...ticket };
    return this.request;
  }
}
