import assert from 'node:assert/strict';
import { FAILURES } from '../../gateway/failures.ts';
import type { PairMember } from '../../pair/messages.ts';
import { emptyPair } from '../../pair/state.ts';
import type { PairEvent } from '../../pair/events.ts';
import type { Batch, PairState } from '../../pair/state.ts';
import { PairLog } from '../../workflows/pair-log.ts';
import { pairDetails } from '../../workflows/pair-details.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const member = (name: string): PairMember => ({
  gateway: { resourceType: 'vpn_gateway', resourceId: name, version: 1 },
  run: `run of ${name}`,
  name,
});
const batch: Batch = {
  reservation: 't.1',
  trial: 1,
  phase: 'applying',
  since: NOON,
  blockedBy: null,
  waitedMs: 0,
  plainCommits: [],
  verdictMs: null,
  begunAt: null,
  members: [],
};
const state: PairState = { ...emptyPair('t'), batch };
const applied = (facts: object): PairEvent => ({
  kind: 'applied',
  outcome: {
    applied: [],
    refused: [],
    toRevert: [],
    commits: {},
    confirmBy: null,
    verdictMs: null,
    ...facts,
  },
});

describe("a pair's log book", () => {
  it('has a line for each thing that was done, newest first', () => {
    const book = new PairLog();
    book.note(state, { kind: 'reserved', leftover: [] }, NOON);
    const confirmBy = '2026-01-01T12:04:15.000Z';
    book.note(state, applied({ applied: [member('a'), member('b')], confirmBy }), NOON + 1_000);
    book.note(state, { kind: 'reservation ended' }, NOON + 2_000);
    assert.deepEqual(book.lines, [
      '12:00:02 reservation t.1: ended',
      '12:00:01 reservation t.1: applied a, b, to be confirmed by 12:04:15',
      '12:00:00 reservation t.1: begun',
    ]);
  });

  it('names the commits that can’t fall back, the members that were refused, and what is owed', () => {
    const book = new PairLog();
    const refused = [{ member: member('b'), type: FAILURES.RouterRefused, reason: 'no such group' }];
    book.note(state, applied({ applied: [member('a')], refused, plainCommits: ['MX-1'] }), NOON);
    const reverted = [{ member: member('a'), owedOn: ['MX-2'], reason: 'away' }];
    book.note(state, { kind: 'settled', outcome: { kept: [], reverted, fellBack: [] } }, NOON);
    assert.deepEqual(book.lines, [
      '12:00:00 reservation t.1: owed on MX-2: the revert of a (away)',
      '12:00:00 reservation t.1: applied a, plainly on MX-1; refused b: no such group',
    ]);
  });

  it('has a line for what became of a look at owed changes, and none for one that goes on', () => {
    const book = new PairLog();
    const idle = { ...state, batch: null };
    const look = { kind: 'owed changes looked at', look: 1, isSlow: false } as const;
    const routers = [{ id: 'x', name: 'MX-1', changes: 1 }];
    for (let time = 0; time < 3; time += 1)
      book.note(idle, { ...look, routers, ready: [], inTheWay: 'MX-1: no answer' }, NOON);
    book.note(idle, { ...look, routers, ready: ['x'], inTheWay: null }, NOON);
    book.note(state, { kind: 'paid', inTheWay: 'MX-1: locked by alice' }, NOON);
    book.note(state, { kind: 'paid', inTheWay: null }, NOON);
    book.note(idle, { ...look, routers: [], ready: [], inTheWay: null }, NOON);
    assert.deepEqual(book.lines, [
      '12:00:00 nothing is owed any more',
      '12:00:00 reservation t.1: owed changes looked at',
      '12:00:00 reservation t.1: owed changes wait: MX-1: locked by alice',
      '12:00:00 owed changes wait: MX-1: no answer',
    ]);
  });

  it('does not repeat what the pair waits for, and has room on a page', () => {
    const book = new PairLog();
    for (let time = 0; time < 5; time += 1)
      book.note(
        state,
        { kind: 'reservation blocked', why: 'x is held for maintenance' },
        NOON + time * 1_000,
      );
    assert.deepEqual(book.lines, ['12:00:00 reservation t.1: waits: x is held for maintenance']);
    for (let time = 0; time < 100; time += 1)
      book.note(state, { kind: 'reservation blocked', why: `${time}` }, NOON);
    assert.equal(book.lines.length, 30);
  });
});

describe("a pair's page", () => {
  const queue = {
    routers: ['x', 'y'] as const,
    names: ['MX-1', 'MX-2'] as const,
    reservation: 't.1',
    phase: 'reserving',
    blockedBy: 'x is held for maintenance: new | line card',
    vrrp: null,
    since: '2026-01-01T12:00:00.000Z',
    batch: [{ ...member('a'), verdict: null }],
    waiting: Array.from({ length: 60 }, (_, index) => ({
      ...member(`w${index}`),
      since: '2026-01-01T12:00:01.000Z',
    })),
    door: { standing: 0, gate: 0 },
  };

  it('shows what is in the way, the batch and the queue', () => {
    const page = pairDetails(queue, ['12:00:00 reservation t.1: begun']);
    assert.match(page, /^\*\*reserving\*\* since 12:00:00 UTC, reservation `t\.1`/);
    assert.match(page, /In the way: x is held for maintenance: new \\\| line card/);
    assert.match(page, /\*\*1 in this batch\*\*[^]*\| a \| 1 \| not yet \|/);
    assert.match(
      page,
      /\*\*60 wait for the next batch\*\*[^]*\| 1\. w0 \| 1 \| 12:00:01 \|[^]*\| … 10 more \|/,
    );
    assert.match(page, /\| 12:00:00 \| reservation t\.1: begun \|/);
  });

  it('says how many wait at the door, if any do', () => {
    assert.match(
      pairDetails({ ...queue, door: { standing: 20_000, gate: 300 } }, []),
      /\n\n20000 more wait at the door\n/,
    );
    assert.doesNotMatch(pairDetails(queue, []), /door/);
  });

  it('says when MASTER is expected while a batch is on trial', () => {
    const vrrp = { masterMs: 36_094, limitMs: 90_235 };
    assert.match(
      pairDetails({ ...queue, vrrp }, []),
      /\nMASTER expected within 36\.1 s of the commit, 90\.2 s at most\n/,
    );
    assert.match(
      pairDetails({ ...queue, vrrp: { masterMs: null, limitMs: 60_000 } }, []),
      /\nno VRRP; 60 s at most\n/,
    );
  });

  it('says what the routers owe, when it looks next, and what is in the way', () => {
    const owing = {
      routers: [
        { id: 'x', name: 'MX-1', changes: 2 },
        { id: 'y', name: 'MX-2', changes: 1 },
      ],
      nextLook: '2026-01-01T12:01:30.000Z',
    };
    assert.match(
      pairDetails({ ...queue, owing: { ...owing, inTheWay: 'MX-1: no route | to host' } }, []),
      /\nowes: MX-1 owes 2 changes, MX-2 owes 1 change, next look at 12:01:30 UTC \(MX-1: no route \\\| to host\)\n/,
    );
    assert.match(
      pairDetails({ ...queue, owing: { ...owing, inTheWay: null } }, []),
      /, next look at 12:01:30 UTC\n/,
    );
  });

  it('is short when the pair is idle', () => {
    const page = pairDetails(
      { ...queue, reservation: null, phase: 'idle', blockedBy: null, batch: [], waiting: [] },
      [],
    );
    assert.equal(page, '**idle** since 12:00:00 UTC\n\nRouters MX-1 and MX-2');
  });
});
