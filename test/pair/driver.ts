/** Drives the pair's decisions by hand, and puts its commands into words. */
import { decide } from '../../pair/decide.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { PairLimits } from '../../pair/limits.ts';
import type { VrrpTime } from '../../gateway/vrrp-time.ts';
import type { PairAction, PairMember, RouterOwing, Ticket } from '../../pair/messages.ts';
import { aheadOf } from '../../pair/door.ts';
import { queueOf } from '../../pair/queue.ts';
import { emptyPair } from '../../pair/state.ts';
import type { PairCommand, PairEvent } from '../../pair/events.ts';
import type { PairState } from '../../pair/state.ts';
import type { ApplyOutcome, Refused, SettleOutcome } from '../../pair/transactions.ts';

export const APPLY: PairAction = { kind: 'apply' };
export const REVERT: PairAction = { kind: 'revert', reason: 'cancelled by an operator' };

export function confirm(trial: string): PairAction {
  return { kind: 'confirm', trial };
}

/** A run of a gateway. Names are ids. */
export function run(name: string, id = 'first'): PairMember {
  return { gateway: { resourceType: 'vpn_gateway', resourceId: name, version: 1 }, run: id, name };
}

export interface RequestOptions {
  readonly sequence?: number;
  readonly firstSequence?: number;
  /** Id of the activity that waits for the answer. */
  readonly activity?: string;
  readonly ticket?: Ticket;
  readonly woken?: true;
}

/** A pair's state, with the events that a test sends. Each method returns the commands that follow, in words. */
export class DrivenPair {
  state: PairState = emptyPair('t');
  now = 1_000;
  limits: PairLimits = { batchLimit: 64 };
  /** The ticket of the last answer `full`. */
  lastTicket: Ticket | null = null;

  happens(event: PairEvent): string[] {
    return this.commandsOf(event).map(wordsOf);
  }

  /** What follows, not in words. */
  commandsOf(event: PairEvent): readonly PairCommand[] {
    this.now += 1;
    const { state, commands } = decide(this.state, event, this.now, this.limits);
    this.state = state;
    for (const command of commands)
      if (command.kind === 'answer' && command.answer.kind === 'full')
        this.lastTicket = command.answer.ticket;
    return commands;
  }

  requested(
    member: PairMember,
    action: PairAction,
    { sequence = this.now, firstSequence, activity = action.kind, ticket, woken }: RequestOptions = {},
  ): string[] {
    const replyTo = { workflowId: `vpn_gateway:${member.name}`, runId: member.run, activityId: activity };
    return this.happens({
      kind: 'requested',
      request: {
        ...member,
        sequence,
        ...(firstSequence !== undefined && { firstSequence }),
        replyTo,
        action,
        ...(ticket && { ticket }),
        ...(woken && { woken }),
      },
    });
  }

  /** As if the workflow had been terminated, and started anew by the next request. */
  startsAnew(): void {
    this.state = emptyPair('u');
  }

  reserved(...leftover: PairMember[]): string[] {
    return this.happens({ kind: 'reserved', leftover });
  }

  applied(...members: PairMember[]): string[] {
    return this.appliedWith({ applied: members });
  }

  appliedWith(outcome: Partial<ApplyOutcome>): string[] {
    const nothing = { applied: [], refused: [], toRevert: [], commits: {}, confirmBy: null, verdictMs: null };
    return this.happens({ kind: 'applied', outcome: { ...nothing, ...outcome } });
  }

  applyBlocked(why: string, lookedMs = 0): string[] {
    return this.happens({ kind: 'apply blocked', why, lookedMs });
  }

  routersAwaited(why: string | null = null, lookedMs = 1_000): string[] {
    return this.happens({ kind: 'routers awaited', why, lookedMs });
  }

  settled(outcome: Partial<SettleOutcome>): string[] {
    return this.happens({ kind: 'settled', outcome: { kept: [], reverted: [], fellBack: [], ...outcome } });
  }

  undelivered(member: PairMember, answer: Extract<PairEvent, { kind: 'undelivered' }>['answer']): string[] {
    return this.happens({ kind: 'undelivered', member, answer });
  }

  reservationEnded(left?: readonly RouterOwing[]): string[] {
    return this.happens({ kind: 'reservation ended', ...(left && { owing: left }) });
  }

  /** The pair's next look at what is owed. */
  looked(found: Partial<Extract<PairEvent, { kind: 'owed changes looked at' }>> = {}): string[] {
    const look = this.state.owing?.look ?? 0;
    const nothing = { ready: [], inTheWay: null, isSlow: false };
    return this.happens({ kind: 'owed changes looked at', look, ...nothing, ...found });
  }

  /** Each member requests to be applied, all join one batch, and all are applied. */
  hasOnTrial(...members: PairMember[]): void {
    for (const member of members) this.requested(member, APPLY);
    this.reserved();
    this.applied(...members);
  }

  /** `<phase>: <members of the batch> | <members that wait>` */
  get overview(): string {
    const { phase, batch, waiting } = queueOf(this.state, ['er1', 'er2'], 0);
    const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name).join(' ');
    return `${phase}: ${names(batch)} | ${names(waiting)}`;
  }
}

export function reverted(
  member: PairMember,
  owedOn: readonly string[] = [],
): SettleOutcome['reverted'][number] {
  return { member, owedOn, reason: null };
}

export function owing(changes = 1, id = 'er1'): RouterOwing {
  return { id, name: id, changes };
}

export function refused(member: PairMember, reason = 'no such filter'): Refused {
  return { member, type: FAILURES.RouterRefused, reason };
}

export function wordsOf(command: PairCommand): string {
  const names = (members: readonly PairMember[]) => members.map(({ name }) => ` ${name}`).join('');
  switch (command.kind) {
    case 'reserve':
      return `reserve ${command.reservation}${command.gatherMs === undefined ? '' : ` in ${command.gatherMs} ms`}`;
    case 'end reservation':
      return `${command.kind} ${command.reservation}`;
    case 'apply':
      return `apply ${command.reservation}:${names(command.members)}`;
    case 'settle':
      return `settle ${command.reservation}: confirm${names(command.confirm)}, revert${names(command.revert)}`;
    case 'await routers':
      return `await routers ${command.reservation} after ${command.waitedMs} ms: ${command.known}`;
    case 'stop applying':
      return 'stop applying';
    case 'pay':
      return `pay ${command.reservation}: ${command.ids.join(' ')}`;
    case 'look at owed changes':
      return `look ${command.look} at owed changes in ${command.waitMs / 1000} s`;
    case 'await verdicts':
      return `await verdicts ${command.trial}`;
    case 'answer':
      return `answer ${command.member.name} (${command.replyTo.runId} ${command.replyTo.activityId}): ${answerWords(command.answer)}`;
    case 'publish on behalf':
      return `publish for ${command.member.name} (${command.member.run}): ${answerWords(command.outcome)}`;
  }
}

type Words =
  | Extract<PairCommand, { kind: 'answer' }>['answer']
  | Extract<PairCommand, { kind: 'publish on behalf' }>['outcome'];

function answerWords(answer: Words): string {
  switch (answer.kind) {
    case 'applied':
      return `applied ${answer.trial}${answer.plainCommits === undefined ? '' : ` plainly on ${answer.plainCommits.join(' ')}`}${within(answer.vrrp)}`;
    case 'applied again':
      return `${answer.kind} ${answer.trial}${within(answer.vrrp)}`;
    case 'kept':
    case 'complete':
      return answer.kind;
    case 'full':
      return `full, ${answer.ticket === null ? 'without a ticket' : `ticket ${answer.ticket.number}, ${aheadOf(answer.ticket)} ahead`}`;
    case 'reverted': {
      const owed = answer.owedOn.length === 0 ? '' : `, owed on ${answer.owedOn.join(' ')}`;
      return `reverted, ${answer.type}: ${answer.reason}${owed}`;
    }
  }
}

function within(vrrp: VrrpTime | undefined): string {
  return vrrp === undefined ? '' : ` within ${vrrp.limitMs} ms`;
}
