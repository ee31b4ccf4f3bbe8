import assert from 'node:assert/strict';
import { PAIR_LIMITS, waitingAtMost } from '../../pair/limits.ts';
import type { PairAction, Ticket } from '../../pair/messages.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { carriedOver } from '../../pair/state.ts';
import { APPLY, confirm, DrivenPair, REVERT, run } from './driver.ts';

const LIMITS = { batchLimit: 2, waitingLimit: 4 };

/** A pair with a batch of two on trial and four that wait: it is full. */
function fullPair() {
  const pair = new DrivenPair();
  pair.limits = LIMITS;
  pair.hasOnTrial(run('a'), run('b'));
  for (const name of ['c', 'd', 'e', 'f']) pair.requested(run(name), APPLY);
  return pair;
}

/** The batch is settled and the next one begins: two places are free. */
function twoPlacesAreFree(pair: DrivenPair) {
  const { batch } = pair.state;
  assert.ok(batch);
  const members = batch.members;
  for (const member of members) pair.requested(member, confirm(`${batch.reservation}.${batch.trial}`));
  pair.settled({ kept: members });
  pair.reservationEnded();
  pair.reserved();
  pair.applied(...(pair.state.batch?.members ?? []));
}

/** Who asks without a place gets a ticket. */
function ticketOf(pair: DrivenPair, name: string, ticket?: Ticket): Ticket {
  const before = pair.state.waiting.length;
  pair.requested(run(name), APPLY, ticket ? { ticket } : {});
  assert.equal(pair.state.waiting.length, before, `${name} has entered`);
  return pair.lastTicket as Ticket;
}

function leaves(atTheDoor: Ticket): PairAction {
  return { kind: 'revert', reason: 'cancelled by an operator', atTheDoor };
}

describe('the door of a pair', () => {
  it('is not noticed by gateways that come to a pair with places', () => {
    const pair = fullPair();
    assert.equal(pair.overview, 'waiting for verdicts: a b | c d e f');
    assert.equal(pair.state.door.last, 0);
  });

  it('is where those wait who come to a full pair: each has a ticket, and hears how many are ahead', () => {
    const pair = fullPair();
    assert.deepEqual(pair.requested(run('g'), APPLY), ['answer g (first apply): full, ticket 1, 0 ahead']);
    assert.deepEqual(pair.requested(run('h'), APPLY), ['answer h (first apply): full, ticket 2, 1 ahead']);
    assert.equal(pair.overview, 'waiting for verdicts: a b | c d e f');
  });

  it('lets the tickets enter in their order, and nobody without one before them', () => {
    const pair = fullPair();
    const tickets = ['g', 'h', 'i'].map((name) => ticketOf(pair, name));
    twoPlacesAreFree(pair);
    assert.deepEqual(pair.requested(run('new'), APPLY), [
      'answer new (first apply): full, ticket 4, 1 ahead',
    ]);
    assert.deepEqual(pair.requested(run('i'), APPLY, { ticket: tickets[2] as Ticket }), [
      'answer i (first apply): full, ticket 3, 0 ahead',
    ]);
    pair.requested(run('h'), APPLY, { ticket: tickets[1] as Ticket });
    pair.requested(run('g'), APPLY, { ticket: tickets[0] as Ticket });
    assert.equal(pair.overview, 'waiting for verdicts: c d | e f h g');
  });

  it('lets the first one enter first that found no place although its turn had come', () => {
    const pair = fullPair();
    const tickets = ['g', 'h', 'i', 'j'].map((name) => ticketOf(pair, name));
    twoPlacesAreFree(pair);
    // Nobody comes in time: the next two may enter as well.
    pair.now += 3 * PAIR_TIMES.keptMs;
    pair.requested(run('j'), APPLY, { ticket: tickets[3] as Ticket });
    pair.requested(run('i'), APPLY, { ticket: tickets[2] as Ticket });
    assert.equal(pair.overview, 'waiting for verdicts: c d | e f j i');
    ticketOf(pair, 'h', tickets[1]);
    ticketOf(pair, 'g', tickets[0]);
    twoPlacesAreFree(pair);
    ticketOf(pair, 'h', tickets[1]);
    ticketOf(pair, 'new');
    pair.requested(run('g'), APPLY, { ticket: tickets[0] as Ticket });
    pair.requested(run('h'), APPLY, { ticket: tickets[1] as Ticket });
    assert.equal(pair.overview, 'waiting for verdicts: e f | j i g h');
  });

  it('keeps places for those who sleep, but not for ever: nobody is blocked by one who never comes', () => {
    const pair = fullPair();
    const [, , i] = ['g', 'h', 'i'].map((name) => ticketOf(pair, name));
    twoPlacesAreFree(pair);
    const again = ticketOf(pair, 'i', i);
    pair.now += 2 * PAIR_TIMES.keptMs + 1;
    pair.requested(run('i'), APPLY, { ticket: again });
    assert.equal(pair.overview, 'waiting for verdicts: c d | e f i');
  });

  it('is passed soon when thousands that waited there never come', () => {
    const pair = fullPair();
    for (let number = 0; number < 5_000; number += 1) ticketOf(pair, `${number}`);
    let ticket = ticketOf(pair, 'alive');
    const began = pair.now;
    twoPlacesAreFree(pair);
    for (;;) {
      pair.requested(run('alive'), APPLY, { ticket });
      if (pair.state.waiting.some(({ name }) => name === 'alive')) break;
      ticket = pair.lastTicket as Ticket;
      pair.now += 1_000;
    }
    // Twice as many each time: 12 times for 5,000.
    assert.ok(pair.now - began < 30 * PAIR_TIMES.keptMs, `${pair.now - began} ms`);
  });

  it('is left by a cancelled gateway without a look at the routers', () => {
    const pair = fullPair();
    const ticket = ticketOf(pair, 'g');
    assert.deepEqual(pair.requested(run('g'), leaves(ticket)), [
      'answer g (first revert): reverted, Cancelled: cancelled by an operator',
    ]);
    assert.equal(pair.overview, 'waiting for verdicts: a b | c d e f');
    assert.equal(pair.state.door.gate, pair.state.door.last);
    // The request to apply that was on its way meanwhile is late.
    assert.deepEqual(pair.requested(run('g'), APPLY, { sequence: 1 }), []);
    assert.equal(pair.overview, 'waiting for verdicts: a b | c d e f');
  });

  it('is left with a look if the gateway had entered by a request that came twice', () => {
    const pair = fullPair();
    const ticket = ticketOf(pair, 'g');
    twoPlacesAreFree(pair);
    pair.requested(run('g'), APPLY);
    pair.requested(run('g'), APPLY, { ticket });
    twoPlacesAreFree(pair);
    twoPlacesAreFree(pair);
    assert.match(pair.overview, /^waiting for verdicts: g \| $/);
    assert.deepEqual(pair.requested(run('g'), leaves(ticket)), ['settle t.4: confirm, revert g']);
  });

  it('is left by an answer that a workflow may give only if it was not reset', () => {
    const pair = fullPair();
    const action = leaves(ticketOf(pair, 'g'));
    const replyTo = { workflowId: 'vpn_gateway:g', runId: 'run-1', activityId: '99' };
    const [answer] = pair.commandsOf({
      kind: 'requested',
      request: { ...run('g'), sequence: 99, replyTo, action },
    });
    assert.ok(answer?.kind === 'answer', JSON.stringify(answer));
    assert.deepEqual([answer.neverApplied, pair.state.outcomes.at(-1)?.neverApplied], [true, true]);
  });

  it('is left with a look if an earlier workflow of the pair may have applied the gateway', () => {
    const pair = fullPair();
    const ticket = ticketOf(pair, 'g');
    pair.startsAnew();
    assert.deepEqual(pair.requested(run('g'), leaves(ticket)), ['reserve u.1']);
    assert.equal(pair.overview, 'reserving: g | ');
  });

  it('counts those out who leave, so that the others enter sooner', () => {
    const pair = fullPair();
    const tickets = Array.from({ length: 9 }, (_, number) => ticketOf(pair, `${number}`));
    for (const [number, ticket] of tickets.slice(0, 8).entries())
      pair.requested(run(`${number}`), leaves(ticket));
    twoPlacesAreFree(pair);
    pair.requested(run('8'), APPLY, { ticket: tickets[8] as Ticket });
    assert.equal(pair.overview, 'waiting for verdicts: c d | e f 8');
  });

  it('does not stop requests to confirm or revert what may stand on the routers, up to a bound of their own', () => {
    const pair = fullPair();
    ticketOf(pair, 'g');
    pair.requested(run('old'), REVERT);
    assert.equal(pair.overview, 'waiting for verdicts: a b | c d e f old');
    while (pair.state.waiting.length < waitingAtMost(LIMITS)) pair.requested(run(`r${pair.now}`), REVERT);
    assert.deepEqual(pair.requested(run('more'), REVERT), [
      'answer more (first revert): full, without a ticket',
    ]);
    assert.deepEqual(pair.requested(run('other'), confirm('s.1.1')), [
      'answer other (first confirm): full, without a ticket',
    ]);
    assert.equal(pair.state.waiting.length, waitingAtMost(LIMITS));
    twoPlacesAreFree(pair);
    pair.requested(run('more'), REVERT);
    assert.equal(pair.state.waiting.at(-1)?.name, 'more');
  });

  it('asks who has no ticket to come again after a batch, and before a place would be given away', () => {
    for (const [memberMs, againMs] of [
      [1, PAIR_TIMES.doorMinMs],
      [2_000, 4_000],
      [60_000, PAIR_TIMES.keptMs],
    ] as const) {
      const pair = fullPair();
      for (const name of ['g', 'h', 'i', 'j']) pair.requested(run(name), REVERT);
      pair.state = { ...pair.state, door: { ...pair.state.door, memberMs } };
      const replyTo = { workflowId: 'w', runId: 'r', activityId: 'a' };
      const request = { ...run('late'), sequence: pair.now, replyTo, action: REVERT };
      const [answer] = pair.commandsOf({ kind: 'requested', request });
      assert.ok(answer?.kind === 'answer');
      assert.deepEqual(answer.answer, { kind: 'full', ticket: null, againMs });
    }
  });

  it('stays as it is when the workflow continues as new', () => {
    const pair = fullPair();
    const [g, h] = ['g', 'h'].map((name) => ticketOf(pair, name));
    pair.state = JSON.parse(JSON.stringify(carriedOver(pair.state, false))) as typeof pair.state;
    twoPlacesAreFree(pair);
    pair.requested(run('h'), APPLY, { ticket: h as Ticket });
    pair.requested(run('g'), APPLY, { ticket: g as Ticket });
    assert.equal(pair.overview, 'waiting for verdicts: c d | e f h g');
  });

  describe('of a workflow that began anew', () => {
    it('goes on from what the first ticket says: its holders stay before those who come later', () => {
      const pair = fullPair();
      const [g, h, i] = ['g', 'h', 'i'].map((name) => ticketOf(pair, name));
      pair.startsAnew();
      for (const name of ['c', 'd']) pair.requested(run(name), APPLY);
      pair.requested(run('i'), APPLY, { ticket: i as Ticket });
      assert.equal(
        pair.overview,
        'reserving: c d | ',
        'at first the places are kept for those who were in the queue',
      );
      pair.now += 2 * PAIR_TIMES.keptMs;
      for (const name of ['x', 'y', 'z']) pair.requested(run(name), APPLY);
      pair.requested(run('h'), APPLY, { ticket: h as Ticket });
      pair.requested(run('g'), APPLY, { ticket: g as Ticket });
      pair.requested(run('i'), APPLY, { ticket: i as Ticket });
      assert.equal(pair.overview, 'reserving: c d | x h g i');
    });

    it('lets those enter first who had been in the queue, with a ticket or without one', () => {
      const pair = fullPair();
      const g = ticketOf(pair, 'g');
      const queued = pair.state.waiting;
      pair.startsAnew();
      for (const name of ['a', 'b']) pair.requested(run(name), APPLY);
      ticketOf(pair, 'g', g);
      ticketOf(pair, 'new');
      for (const [index, { name, sequence }] of queued.entries())
        pair.requested(run(name), APPLY, index % 2 === 0 ? { sequence } : { firstSequence: sequence });
      assert.equal(pair.overview, 'reserving: a b | c d e f');
    });

    it('gives new tickets to the holders of old ones, if it has given tickets of its own', () => {
      const pair = fullPair();
      const old = Array.from({ length: 20 }, (_, number) => ticketOf(pair, `${number}`));
      pair.startsAnew();
      for (let number = 0; number < 7; number += 1) pair.requested(run(`new${number}`), APPLY);
      assert.equal(pair.state.door.last, 1);
      assert.deepEqual(pair.requested(run('0'), APPLY, { ticket: old[0] as Ticket }), [
        'answer 0 (first apply): full, ticket 2, 1 ahead',
      ]);
    });

    it('after a reset knows from the tickets how far it had come', () => {
      const pair = fullPair();
      const before = pair.state;
      const tickets = ['g', 'h', 'i'].map((name) => ticketOf(pair, name));
      pair.state = before;
      ticketOf(pair, 'i', tickets[2]);
      assert.deepEqual(pair.requested(run('new'), APPLY), [
        'answer new (first apply): full, ticket 4, 3 ahead',
      ]);
    });
  });

  it('has room for four batches in the queue', () => {
    assert.ok(PAIR_LIMITS.waiting >= 4 * PAIR_LIMITS.batch);
  });
});
