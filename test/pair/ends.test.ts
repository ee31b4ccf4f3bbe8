/** How members end in the rarer ways. */
import assert from 'node:assert/strict';
import { APPLY, confirm, DrivenPair, REVERT, reverted, run, refused } from './driver.ts';

const [a, b, c] = [run('a'), run('b'), run('c')];

describe('a member', () => {
  it('that an earlier workflow left, and that asks again, is not published for, whoever waits beside it', () => {
    const pair = new DrivenPair();
    for (const member of [a, b]) pair.requested(member, APPLY);
    pair.reserved(b, c);
    const commands = pair.settled({ reverted: [reverted(b), reverted(c)] });
    assert.deepEqual(
      commands.filter((words) => words.startsWith('publish')),
      ['publish for c (first): reverted, Cancelled: left behind by a router pair workflow that was ended'],
    );
    assert.equal(pair.state.recovered, true);
  });

  it('that was postponed goes to the front of the queue, unless it is to be reverted', () => {
    const pair = new DrivenPair();
    for (const member of [a, b, c]) pair.requested(member, APPLY);
    pair.reserved();
    pair.requested(b, REVERT);
    pair.appliedWith({ applied: [c], postponed: [a, b] });
    assert.equal(pair.overview, 'waiting for verdicts: b c | a');
  });

  it('that was kept although the pair gave it up is published', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    assert.deepEqual(pair.happens({ kind: 'verdicts due', trial: 't.1.1' }), [
      'settle t.1: confirm, revert a',
    ]);
    assert.deepEqual(pair.settled({ kept: [a] }), ['publish for a (first): kept', 'end reservation t.1']);
  });

  it('whose reservation was lost may stand on a router, so the next one looks', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a);
    assert.equal(pair.state.recovered, true);
    pair.happens({ kind: 'reservation lost', reservation: 't.1' });
    assert.equal(pair.state.recovered, false);
  });

  it('that was kept, and is forgotten, is published', () => {
    const pair = new DrivenPair();
    assert.deepEqual(pair.commandsOf({ kind: 'undelivered', member: a, answer: { kind: 'kept' } }), [
      { kind: 'publish on behalf', member: a, outcome: { kind: 'kept' } },
    ]);
  });

  it('that was complete is not published for when nobody hears it: its state is there', () => {
    assert.deepEqual(new DrivenPair().undelivered(a, { kind: 'complete' }), []);
  });

  it('that is reverted as it asked hears its own reason, and beside it what the routers said', () => {
    for (const note of [null, 'MX-1 did not answer']) {
      const pair = new DrivenPair();
      pair.hasOnTrial(a);
      pair.requested(a, REVERT);
      const [command] = pair.commandsOf({
        kind: 'settled',
        outcome: { kept: [], reverted: [{ ...reverted(a), reason: note }], fellBack: [] },
      });
      assert.ok(command?.kind === 'answer');
      assert.deepEqual(command.answer, {
        kind: 'reverted',
        type: 'Cancelled',
        reason: 'cancelled by an operator',
        owedOn: [],
        mayHaveStood: true,
        ...(note !== null && { note }),
      });
    }
  });

  it('hears whether a router may have carried it: not if it was refused, but if it is reverted', () => {
    const pair = new DrivenPair();
    for (const member of [a, b]) pair.requested(member, APPLY);
    pair.reserved();
    const outcome = { applied: [], refused: [refused(a)], toRevert: [refused(b)] };
    const [first] = pair.commandsOf({
      kind: 'applied',
      outcome: { ...outcome, commits: {}, confirmBy: null, verdictMs: null },
    });
    assert.ok(first?.kind === 'answer' && first.member.name === 'a', JSON.stringify(first));
    assert.ok(!('mayHaveStood' in first.answer));
    const [second] = pair.commandsOf({
      kind: 'settled',
      outcome: { kept: [], reverted: [reverted(b)], fellBack: [] },
    });
    assert.ok(second?.kind === 'answer' && second.member.name === 'b', JSON.stringify(second));
    assert.ok('mayHaveStood' in second.answer);
  });

  it('whose confirm came to nothing hears why the routers reverted it', () => {
    const pair = new DrivenPair();
    pair.hasOnTrial(a, b);
    pair.requested(a, confirm('t.1.1'));
    pair.requested(b, confirm('t.1.1'));
    const answers = pair.settled({ reverted: [{ ...reverted(a), reason: 'MX-1 is full' }, reverted(b)] });
    assert.deepEqual(answers.slice(0, 2), [
      'answer a (first confirm): reverted, NotConverged: MX-1 is full',
      'answer b (first confirm): reverted, NotConverged: it fell back before it could be made permanent',
    ]);
  });

  it('that never got to a router is answered so, and only such a one', () => {
    const pair = new DrivenPair();
    for (const member of [a, b]) pair.requested(member, APPLY);
    pair.reserved();
    pair.requested(a, REVERT);
    const [first] = pair.commandsOf({ kind: 'apply blocked', why: 'MX-1: locked by alice', lookedMs: 0 });
    assert.ok(first?.kind === 'answer', JSON.stringify(first));
    assert.deepEqual([first.member.name, first.neverApplied], ['a', true]);
    assert.equal(pair.state.outcomes[0]?.neverApplied, true);
    pair.routersAwaited();
    const [second] = pair.commandsOf({
      kind: 'applied',
      outcome: { applied: [b], refused: [], toRevert: [], commits: {}, confirmBy: null, verdictMs: null },
    });
    assert.ok(second?.kind === 'answer' && !('neverApplied' in second), JSON.stringify(second));
  });
});
