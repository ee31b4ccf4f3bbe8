/** What both routers carry, and what etcd knows of it: reservation, members, owed changes, `/state`. */
import assert from 'node:assert/strict';
import { FAILURES } from '../../gateway/failures.ts';
import type { PairMember, PairRequest, RouterOwing } from '../../pair/messages.ts';
import type { PairCommand, PairEvent } from '../../pair/events.ts';
import type { ApplyOutcome, SettleOutcome } from '../../pair/transactions.ts';
import { keyOf } from './model-saga.ts';
import type { Chance, States } from './model-saga.ts';

type Step = Exclude<PairCommand, { kind: 'answer' } | { kind: 'publish on behalf' }>;

interface Carried {
  readonly member: PairMember;
  readonly isPermanent: boolean;
  readonly isOwed: boolean;
}

export class ModelRouters {
  /** By gateway: `/state`. */
  readonly states: States = new Map();
  inMaintenance = false;
  /** Another pair has reserved a router. */
  isBusy = false;
  /** An operator has locked a router. */
  isLocked = false;
  #reservation: string | null = null;
  /** The reservation was given under a maintenance hold, for settling only. */
  #onlySettles = false;
  /** A router can't be reached. */
  isAway = false;
  /** Members that may be committed, and are not settled. */
  #unsettled: PairMember[] = [];
  readonly #carried = new Map<string, Carried>();
  readonly #kept = new Set<string>();
  /** Requests to confirm that arrived: run and trial. */
  readonly #confirms = new Set<string>();
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  carries(member: PairMember): boolean {
    const carried = this.#carried.get(member.name);
    return carried !== undefined && carried.member.run === member.run && !carried.isOwed;
  }

  /** Whether the routers carry any run of this gateway whose inverse change is not owed. */
  carriesAny(name: string): boolean {
    return this.#carried.get(name)?.isOwed === false;
  }

  get unsettled(): readonly PairMember[] {
    return this.#unsettled;
  }

  get reservation(): string | null {
    return this.#reservation;
  }

  get owes(): boolean {
    return this.#owing.length > 0;
  }

  wasKept(member: PairMember): boolean {
    return this.#kept.has(keyOf(member));
  }

  heard({ action, ...member }: PairRequest): void {
    if (action.kind === 'confirm') this.#confirms.add(`${keyOf(member)} ${action.trial}`);
  }

  checkConfirms(members: readonly PairMember[], trial: string): void {
    for (const member of members) {
      assert.ok(this.#confirms.has(`${keyOf(member)} ${trial}`), `${keyOf(member)} never confirmed ${trial}`);
    }
  }

  publish(member: PairMember, isCreated: boolean): void {
    if (!this.states.has(member.name)) this.states.set(member.name, isCreated ? 'created' : 'failed');
  }

  carryOut(command: Step): PairEvent | undefined {
    switch (command.kind) {
      case 'reserve':
        return this.#reserve(command.reservation);
      case 'apply':
        return this.#apply(command.reservation, command.members);
      case 'await routers':
        assert.equal(this.#reservation, command.reservation, 'routers awaited without the reservation');
        return this.inMaintenance
          ? { kind: 'routers awaited', why: null, lookedMs: 1_000, isHeld: true }
          : { kind: 'routers awaited', why: this.#lockedBy, lookedMs: 1_000 };
      case 'settle':
        return { kind: 'settled', outcome: this.#settle(command) };
      case 'end reservation':
        assert.deepEqual(
          this.#reservation === command.reservation ? this.#unsettled : [],
          [],
          'ended with members',
        );
        if (this.#reservation === command.reservation) this.#reservation = null;
        return { kind: 'reservation ended', owing: this.#owing };
      case 'look at owed changes':
        return {
          kind: 'owed changes looked at',
          look: command.look,
          routers: this.#owing,
          ready: this.isAway || this.inMaintenance ? [] : this.#owing.map(({ id }) => id),
          inTheWay: this.isAway ? 'er1: away' : null,
          isSlow: false,
        };
      case 'pay':
        assert.equal(this.#reservation, command.reservation, 'paid without the reservation');
        assert.ok(!this.#onlySettles, 'paid under a maintenance hold');
        return { kind: 'paid', inTheWay: this.#pay() };
      case 'stop applying':
      case 'await verdicts':
        return undefined;
    }
  }

  #reserve(reservation: string): PairEvent {
    const settles = this.#unsettled.length > 0;
    // While this pair has the routers reserved, no other pair can.
    if (this.#reservation === null && this.isBusy)
      return { kind: 'reservation blocked', why: 'another pair', ...this.#left() };
    if (this.inMaintenance && !settles) {
      this.#reservation = null;
      return { kind: 'reservation blocked', why: 'held for maintenance', ...this.#left() };
    }
    this.#onlySettles = this.inMaintenance;
    this.#reservation = reservation;
    return { kind: 'reserved', leftover: this.#unsettled.map(({ gateway, run }) => ({ gateway, run })) };
  }

  #left(): { readonly nothingLeft?: true } {
    return this.#unsettled.length > 0 ? {} : { nothingLeft: true };
  }

  #apply(reservation: string, members: readonly PairMember[]): PairEvent {
    assert.equal(this.#reservation, reservation, 'applied without the reservation');
    assert.ok(!this.#onlySettles, 'applied under a maintenance hold');
    // A member that may be committed is looked for until it is known what stands there.
    const isPermitted = members.some((one) => this.#unsettled.some((other) => keyOf(one) === keyOf(other)));
    const why = this.#lockedBy;
    if (why !== null && !isPermitted) return { kind: 'apply blocked', why, lookedMs: 100 };
    return { kind: 'applied', outcome: this.#applyNow(members) };
  }

  get #owing(): readonly RouterOwing[] {
    const changes = [...this.#carried.values()].filter(({ isOwed }) => isOwed).length;
    return changes === 0 ? [] : [{ id: 'er1', name: 'er1', changes }];
  }

  #pay(): string | null {
    const why = this.isAway ? 'er1: away' : this.#lockedBy;
    if (why !== null) return why;
    for (const [name, { isOwed }] of this.#carried) if (isOwed) this.#carried.delete(name);
    return null;
  }

  get #lockedBy(): string | null {
    return this.isLocked ? `locked by ${this.#chance(2) === 0 ? 'alice' : 'bob'}` : null;
  }

  #applyNow(members: readonly PairMember[]): ApplyOutcome {
    const outcome: {
      [Kind in 'applied' | 'refused' | 'toRevert' | 'complete']: NonNullable<ApplyOutcome[Kind]>[number][];
    } = {
      applied: [],
      complete: [],
      refused: [],
      toRevert: [],
    };
    for (const member of members) {
      const before = this.#carried.get(member.name);
      if (before?.isOwed) this.#carried.delete(member.name);
      const stands = this.carries(member);
      const reason = { member, type: FAILURES.RouterRefused, reason: 'refused' };
      if (this.states.get(member.name) === 'created') {
        outcome.complete.push(member);
        continue;
      }
      if (this.states.has(member.name)) {
        outcome.refused.push({ ...reason, reason: 'settled' });
        continue;
      }
      assert.ok(stands || !this.carriesAny(member.name), `${keyOf(member)} is applied over another run`);
      const what = stands ? 0 : this.#chance(6);
      if (what === 1) outcome.refused.push(reason);
      if (what === 2) outcome.toRevert.push(reason);
      if (what !== 1 && what !== 2 && what !== 3) outcome.applied.push(member);
      if (what === 1 || stands) continue;
      // A member that is to be reverted, or was not reported, may stand or not.
      this.#unsettled.push(member);
      if (what === 0 || what > 3 || this.#chance(2) === 0) {
        this.#carried.set(member.name, { member, isPermanent: false, isOwed: false });
      }
    }
    return { ...outcome, commits: {}, confirmBy: null, verdictMs: null };
  }

  #settle({ reservation, confirm, revert }: Extract<PairCommand, { kind: 'settle' }>): SettleOutcome {
    assert.equal(this.#reservation, reservation, 'settled without the reservation');
    const outcome: { [Kind in keyof SettleOutcome]: SettleOutcome[Kind][number][] } = {
      kept: [],
      reverted: [],
      fellBack: [],
    };
    for (const member of confirm) {
      const isPermanent = this.#carried.get(member.name)?.isPermanent;
      // A member that fell back and was not applied since has still fallen back.
      const what = isPermanent ? 0 : this.carries(member) ? this.#chance(7) : 2;
      if (what === 1) continue;
      this.#seen(member);
      if (what === 2) {
        this.#carried.delete(member.name);
        outcome.fellBack.push(member);
      } else if (what === 3) this.#revert(member, outcome.reverted);
      else this.#keep(member, outcome.kept);
    }
    for (const member of revert) {
      this.#seen(member);
      if (this.wasKept(member) || this.states.get(member.name) === 'created')
        this.#keep(member, outcome.kept);
      else this.#revert(member, outcome.reverted);
    }
    return outcome;
  }

  #seen(member: PairMember): void {
    this.#unsettled = this.#unsettled.filter((one) => keyOf(one) !== keyOf(member));
  }

  #keep(member: PairMember, kept: PairMember[]): void {
    if (this.carries(member)) this.#carried.set(member.name, { member, isPermanent: true, isOwed: false });
    this.#kept.add(keyOf(member));
    kept.push(member);
  }

  #revert(member: PairMember, reverted: SettleOutcome['reverted'][number][]): void {
    const carried = this.#carried.get(member.name);
    const isOwed = carried?.member.run === member.run && this.#chance(4) === 1;
    if (carried?.member.run === member.run) {
      if (isOwed) this.#carried.set(member.name, { ...carried, isOwed });
      else this.#carried.delete(member.name);
    }
    reverted.push({ member, owedOn: isOwed ? ['er1'] : [], reason: null });
  }
}
