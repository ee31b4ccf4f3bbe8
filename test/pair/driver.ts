/** Drives the pair's decisions by hand, and puts its commands into words. */
import { decide } from '../../pair/decide.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { PairLimits } from '../../pair/batch.ts';
import type { PairMember, PairRequest } from '../../pair/messages.ts';
import { queueOf } from '../../pair/queue.ts';
import { emptyPair } from '../../pair/state.ts';
import type { PairCommand, PairEvent, PairState } from '../../pair/state.ts';
import type { ApplyOutcome, Refused, SettleOutcome } from '../../pair/transactions.ts';

export type Wish = PairRequest['wish'];

export const PUSH: Wish = { kind: 'push' };
export const DROP: Wish = { kind: 'drop', reason: 'cancelled by an operator' };
export const SEEN = [
  { role: 'primary', router: 'er1', at: '2026-01-01T00:00:00.000Z', vrrp: 'MASTER', words: {} },
] as const;

export function keep(turn: string): Wish {
  return { kind: 'keep', turn, seen: SEEN };
}

/** A run of a gateway. Names are ids. */
export function run(name: string, token = 'first'): PairMember {
  return { gateway: { resourceType: 'vpn_gateway', resourceId: name, version: 1 }, run: token, name };
}

export interface Asking {
  readonly stamp?: number;
  /** The activity that is to be answered. */
  readonly by?: string;
}

export class Driven {
  state: PairState = emptyPair('t');
  now = 1_000;
  limits: PairLimits = { batchLimit: 64 };

  happens(event: PairEvent): string[] {
    this.now += 1;
    const { state, commands } = decide(this.state, event, this.now, this.limits);
    this.state = state;
    return commands.map(wordsOf);
  }

  asks(member: PairMember, wish: Wish, { stamp = this.now, by = wish.kind }: Asking = {}): string[] {
    const asker = { workflowId: `vpn_gateway:${member.name}`, runId: member.run, activityId: by };
    return this.happens({ kind: 'asked', request: { ...member, stamp, asker, wish } });
  }

  /** As if the workflow had been terminated and begun again by the next ask. */
  forgets(): void {
    this.state = emptyPair('u');
  }

  turnTaken(...leftover: PairMember[]): string[] {
    return this.happens({ kind: 'turn taken', leftover });
  }

  applied(...members: PairMember[]): string[] {
    return this.appliedWith({ applied: members });
  }

  appliedWith(outcome: Partial<ApplyOutcome>): string[] {
    const nothing = { applied: [], refused: [], undo: [], confirm: {}, confirmBy: null, verdictBy: null };
    return this.happens({ kind: 'applied', outcome: { ...nothing, ...outcome } });
  }

  applyWaits(why: string): string[] {
    return this.happens({ kind: 'apply waits', why });
  }

  routersAwaited(why: string | null = null): string[] {
    return this.happens({ kind: 'routers awaited', why });
  }

  settled(outcome: Partial<SettleOutcome>): string[] {
    return this.happens({ kind: 'settled', outcome: { kept: [], gone: [], again: [], ...outcome } });
  }

  nobody(member: PairMember, answer: Extract<PairEvent, { kind: 'nobody answered to' }>['answer']): string[] {
    return this.happens({ kind: 'nobody answered to', member, answer });
  }

  released(): string[] {
    return this.happens({ kind: 'released' });
  }

  /** One after the other asks to be pushed, all get on one batch, and all are applied. */
  carries(...members: PairMember[]): void {
    for (const member of members) this.asks(member, PUSH);
    this.turnTaken();
    this.applied(...members);
  }

  /** `<phase>: <those on> | <those who wait>` */
  get place(): string {
    const { phase, on, waiting } = queueOf(this.state, ['er1', 'er2'], 0);
    const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name).join(' ');
    return `${phase}: ${names(on)} | ${names(waiting)}`;
  }
}

export function gone(member: PairMember, owed: readonly string[] = []): SettleOutcome['gone'][number] {
  return { member, owed, reason: null };
}

export function refused(member: PairMember, reason = 'no such filter'): Refused {
  return { member, type: FAILURES.RouterRefused, reason };
}

export function wordsOf(command: PairCommand): string {
  const names = (members: readonly PairMember[]) => members.map(({ name }) => ` ${name}`).join('');
  switch (command.kind) {
    case 'take turn':
    case 'release':
      return `${command.kind} ${command.turn}`;
    case 'apply':
      return `apply ${command.turn}:${names(command.members)}`;
    case 'settle':
      return `settle ${command.turn}: keep${names(command.keep)}, drop${names(command.drop)}`;
    case 'await routers':
      return `await routers ${command.turn} since ${command.since}: ${command.known}`;
    case 'stop applying':
      return 'stop applying';
    case 'await verdicts':
      return `await verdicts ${command.round}`;
    case 'answer':
      return `answer ${command.member.name} (${command.asker.runId} ${command.asker.activityId}): ${answerWords(command.answer)}`;
    case 'publish for':
      return `publish for ${command.member.name} (${command.member.run}): ${answerWords(command.outcome)}`;
  }
}

type Words =
  | Extract<PairCommand, { kind: 'answer' }>['answer']
  | Extract<PairCommand, { kind: 'publish for' }>['outcome'];

function answerWords(answer: Words): string {
  switch (answer.kind) {
    case 'applied':
      return `applied ${answer.turn}${answer.plainly === undefined ? '' : ` plainly on ${answer.plainly.join(' ')}`}`;
    case 'poll again':
      return `${answer.kind} ${answer.turn}`;
    case 'kept':
      return answer.kind;
    case 'created':
      return 'seen' in answer ? `created, seen ${answer.seen.map(({ vrrp }) => vrrp).join(' ')}` : 'created';
    case 'gone': {
      const owed = answer.owed.length === 0 ? '' : `, owed on ${answer.owed.join(' ')}`;
      return `gone, ${answer.type}: ${answer.reason}${owed}`;
    }
  }
}
