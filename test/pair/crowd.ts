/**
 * A crowd of sagas on one pair, on virtual time. Each requests to be applied, sleeps at the door as long as it is told, and confirms what was
 * applied. The routers refuse nothing.
 */
import assert from 'node:assert/strict';
import { resume } from '../../pair/batch.ts';
import { decide } from '../../pair/decide.ts';
import type { PairLimits } from '../../pair/limits.ts';
import type { PairAction, PairMember, Ticket } from '../../pair/messages.ts';
import { emptyPair } from '../../pair/state.ts';
import type { Decision, PairCommand, PairEvent } from '../../pair/events.ts';
import type { PairState } from '../../pair/state.ts';
import { Agenda } from './agenda.ts';
import { run } from './driver.ts';

/** How long each step on the routers takes, in ms. */
const STEP_MS = { reserve: 100, apply: 3_000, settle: 3_000, 'end reservation': 100 };
const ANSWER_MS = 50;

export interface CrowdSaga {
  readonly number: number;
  readonly member: PairMember;
  asked: number;
  /** When it asked first: its request's sequence. */
  since: number;
  ticket: Ticket | undefined;
  isAtTheDoor: boolean;
  /** It was cancelled or terminated. */
  isGone: boolean;
  end: string | null;
}

export class Crowd {
  state: PairState = emptyPair('a');
  limits: PairLimits = { batchLimit: 64 };
  readonly agenda = new Agenda();
  readonly sagas: CrowdSaga[] = [];
  /** Numbers of the sagas in the order in which they were applied. */
  readonly applied: number[] = [];
  /** Longest JSON of the pair's state. */
  longest = 0;
  /** After which time each saga sees its gateway working, in ms. */
  pollMs = 2_000;
  /** How much longer the next apply takes, in ms. */
  #stallMs = 0;
  #pairs = 0;
  /** Commands of a workflow that was terminated lead to nothing. */
  #life = 0;

  /** So many sagas begin, one each `everyMs`. */
  comes(count: number, everyMs: number): void {
    const first = this.sagas.length;
    for (let number = first; number < first + count; number += 1) {
      const saga = {
        number,
        member: run(`g${number}`),
        asked: 0,
        since: 0,
        ticket: undefined,
        isAtTheDoor: false,
        isGone: false,
        end: null,
      };
      this.sagas.push(saga);
      this.agenda.in((number - first) * everyMs, () => this.#apply(saga));
    }
  }

  /** Lets `ms` pass. */
  passes(ms: number): void {
    this.agenda.run(this.agenda.now + ms);
  }

  /** Until nothing happens any more. */
  ends(): void {
    this.agenda.run(Infinity);
  }

  /** The saga's workflow is terminated: it says nothing any more. */
  terminate(saga: CrowdSaga): void {
    saga.isGone = true;
    saga.end ??= 'terminated';
  }

  cancel(saga: CrowdSaga): void {
    saga.isGone = true;
    const atTheDoor = saga.isAtTheDoor && saga.ticket ? { atTheDoor: saga.ticket } : {};
    this.#request(saga, { kind: 'revert', reason: 'cancelled', ...atTheDoor });
  }

  /** The next apply takes so much longer. */
  stalls(ms: number): void {
    this.#stallMs = ms;
  }

  /** The pair's workflow is terminated, and the next request starts another one. Requests that were not answered are sent again soon. */
  beginsAnew(): void {
    this.#pairs += 1;
    this.#life += 1;
    this.state = emptyPair(`again${this.#pairs}`);
    for (const saga of this.sagas)
      if (!saga.isGone && saga.end === null && !saga.isAtTheDoor && saga.asked > 0)
        this.agenda.in(2_000, () => this.#apply(saga));
  }

  /** The pair's workflow continues as new. */
  continuesAsNew(): void {
    this.state = JSON.parse(JSON.stringify(this.state)) as PairState;
    if (this.state.batch === null) this.#decided(resume(this.state, this.agenda.now, this.limits));
  }

  request(saga: CrowdSaga): void {
    this.#apply(saga);
  }

  #apply(saga: CrowdSaga): void {
    if (saga.isGone || saga.end !== null) return;
    saga.asked += 1;
    if (saga.asked === 1) saga.since = this.agenda.now;
    saga.isAtTheDoor = false;
    this.#request(saga, { kind: 'apply' });
  }

  #request(saga: CrowdSaga, action: PairAction): void {
    const { member, ticket } = saga;
    const replyTo = { workflowId: member.name, runId: 'run', activityId: action.kind };
    const request = {
      ...member,
      sequence: action.kind === 'apply' ? saga.since : this.agenda.now,
      replyTo,
      action,
      ...(action.kind === 'apply' && ticket && { ticket }),
    };
    this.#happens({ kind: 'requested', request });
  }

  #happens(event: PairEvent): void {
    this.#decided(decide(this.state, event, this.agenda.now, this.limits));
  }

  #decided({ state, commands }: Decision): void {
    // The state is longest when a step ends.
    if (commands.some(({ kind }) => kind !== 'answer'))
      this.longest = Math.max(this.longest, JSON.stringify(state).length);
    this.state = state;
    for (const command of commands) this.#carryOut(command, this.#life);
  }

  #carryOut(command: PairCommand, life: number): void {
    const later = (ms: number, event: PairEvent) =>
      this.agenda.in(ms, () => this.#life === life && this.#happens(event));
    switch (command.kind) {
      case 'reserve':
        return later(STEP_MS.reserve, { kind: 'reserved', leftover: [] });
      case 'apply': {
        const rest = { refused: [], toRevert: [], commits: {}, confirmBy: null, verdictMs: null };
        const ms = STEP_MS.apply + this.#stallMs;
        this.#stallMs = 0;
        return later(ms, { kind: 'applied', outcome: { applied: command.members, ...rest } });
      }
      case 'settle': {
        const { confirm: kept, revert } = command;
        const reverted = revert.map((member) => ({ member, owedOn: [], reason: null }));
        return later(STEP_MS.settle, { kind: 'settled', outcome: { kept, reverted, fellBack: [] } });
      }
      case 'end reservation':
        return later(STEP_MS['end reservation'], { kind: 'reservation ended' });
      case 'answer':
        return this.agenda.in(ANSWER_MS, () => this.#hears(command));
      default:
        return undefined;
    }
  }

  #hears(command: Extract<PairCommand, { kind: 'answer' }>): void {
    const { member, answer } = command;
    const saga = this.sagas[Number(member.name.slice(1))];
    assert.ok(saga);
    if (saga.isGone && answer.kind !== 'reverted') return;
    switch (answer.kind) {
      case 'full':
        saga.ticket = answer.ticket ?? saga.ticket;
        saga.isAtTheDoor = true;
        return this.agenda.in(answer.againMs, () => this.#apply(saga));
      case 'applied':
      case 'applied again': {
        this.applied.push(saga.number);
        const confirm: PairAction = { kind: 'confirm', trial: answer.trial };
        return this.agenda.in(this.pollMs, () => this.#request(saga, confirm));
      }
      default:
        saga.end = answer.kind;
    }
  }
}
