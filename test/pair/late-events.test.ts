/** An event belongs to the phase that asked for it. In every other phase it comes late, and changes nothing. */
import assert from 'node:assert/strict';
import type { PairEvent } from '../../pair/events.ts';
import type { Phase } from '../../pair/state.ts';
import { APPLY, confirm, DrivenPair, owing, refused, run } from './driver.ts';

const [a, b] = [run('a'), run('b')];

/** A pair in each phase, under the reservation `t.1`, or `t.2` where it makes owed changes. */
const PHASES: Readonly<Record<Phase, () => DrivenPair>> = {
  reserving: () => asked(),
  recovering: () => after(asked(), (pair) => pair.reserved(b)),
  applying: () => after(asked(), (pair) => pair.reserved()),
  'making owed changes': () => {
    const pair = new DrivenPair();
    pair.requested(a, APPLY);
    pair.reserved();
    pair.appliedWith({ refused: [refused(a)] });
    pair.reservationEnded([owing()]);
    pair.looked({ ready: ['er1'] });
    return after(pair, () => pair.reserved());
  },
  'waiting for a router': () =>
    after(PHASES.applying(), (pair) => pair.applyBlocked('MX-1: locked by alice')),
  'waiting for verdicts': () => after(PHASES.applying(), (pair) => pair.applied(a)),
  settling: () => after(PHASES['waiting for verdicts'](), (pair) => pair.requested(a, confirm('t.1.1'))),
  'ending the reservation': () => after(PHASES.settling(), (pair) => pair.settled({ kept: [a] })),
};

const NOTHING = { applied: [], refused: [], toRevert: [], commits: {}, confirmBy: null, verdictMs: null };

/** The phases in which each event means something. */
const EVENTS: readonly [event: PairEvent, phases: readonly Phase[]][] = [
  [{ kind: 'reserved', leftover: [] }, ['reserving']],
  [{ kind: 'reservation blocked', why: 'somebody' }, ['reserving']],
  [{ kind: 'applied', outcome: { ...NOTHING, applied: [a] } }, ['applying']],
  [{ kind: 'apply blocked', why: 'somebody', lookedMs: 0 }, ['applying']],
  [{ kind: 'routers awaited', why: null, lookedMs: 0 }, ['waiting for a router']],
  [{ kind: 'verdicts due', trial: 't.1.1' }, ['waiting for verdicts']],
  [{ kind: 'verdicts due', trial: 't.1.2' }, []],
  [{ kind: 'verdicts due', trial: 't.1' }, []],
  [{ kind: 'settled', outcome: { kept: [], reverted: [], fellBack: [] } }, ['recovering', 'settling']],
  [{ kind: 'reservation ended' }, ['ending the reservation']],
  [{ kind: 'paid', inTheWay: null }, ['making owed changes']],
  [{ kind: 'owed changes looked at', look: 1, ready: ['er1'], inTheWay: null, isSlow: false }, []],
  [{ kind: 'reservation lost', reservation: 't.10' }, []],
  [{ kind: 'reservation lost', reservation: 't' }, []],
];

describe('a pair', () => {
  for (const [event, phases] of EVENTS) {
    const says =
      'trial' in event ? ` on ${event.trial}` : 'reservation' in event ? ` ${event.reservation}` : '';
    it(`heeds "${event.kind}${says}" ${phases.length === 0 ? 'never' : `only when ${phases.join(' or ')}`}`, () => {
      for (const [phase, pairIn] of Object.entries(PHASES)) {
        const pair = pairIn();
        assert.equal(pair.state.batch?.phase, phase);
        assert.equal(heeds(pair, event), phases.includes(phase as Phase), phase);
      }
    });

    it(`has nothing to do for "${event.kind}${says}" without a batch`, () => {
      assert.equal(heeds(new DrivenPair(), event), false);
    });
  }

  it('has nothing to do for a lost reservation without a batch', () => {
    assert.equal(heeds(new DrivenPair(), { kind: 'reservation lost', reservation: 't.1' }), false);
  });

  it('says whether the reservation that it ends was for recovering only', () => {
    const ending = (pair: DrivenPair, event: PairEvent) =>
      pair.commandsOf(event).find(({ kind }) => kind === 'end reservation');
    const settled: PairEvent = { kind: 'settled', outcome: { kept: [a], reverted: [], fellBack: [] } };
    const command = { kind: 'end reservation', reservation: 't.1' };
    assert.deepEqual(ending(PHASES.recovering(), settled), { ...command, recovered: true });
    assert.deepEqual(ending(PHASES.settling(), settled), command);
  });

  it('that still recovers has put nothing of its batch on a router: a newer run takes the place of an older one', () => {
    const pair = PHASES.recovering();
    pair.requested(run('a', 'second'), APPLY);
    assert.equal(pair.overview, 'recovering: a | ');
    assert.equal(pair.state.batch?.members[0]?.run, 'second');
  });

  it('begins a batch, and a trial, without plain commits', () => {
    for (const phase of ['reserving', 'applying'] as const)
      assert.deepEqual(PHASES[phase]().state.batch?.plainCommits, []);
  });
});

function asked(): DrivenPair {
  const pair = new DrivenPair();
  pair.requested(a, APPLY);
  return pair;
}

function after(pair: DrivenPair, step: (pair: DrivenPair) => void): DrivenPair {
  step(pair);
  return pair;
}

/** Whether the event changed anything, or anything follows from it. */
function heeds(pair: DrivenPair, event: PairEvent): boolean {
  const before = pair.state;
  return pair.happens(event).length > 0 || pair.state !== before;
}
