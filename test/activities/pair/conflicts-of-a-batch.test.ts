/** Which members have to wait for the next batch, or for what the router lacks. */
import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import { CREATE, DELETE, PLAIN, judged, one, parentOf, router } from './judged.ts';
import type { Facts } from './judged.ts';

describe('a member that waits for the next batch', () => {
  const [parent, child] = [one('p', CREATE), one('c', { after: ['routing-instances c'] })];
  /** The child's parent, of which all that is to stand there does. */
  const whole = [parentOf(parent, { create: '', arrange: [], remove: [], owns: [], monitors: [] })];
  const on = (facts: Facts = {}) => router({ parents: { c: whole }, ...facts });
  const behind = (name: string) => `postponed: MX-1: vpn_gateway name-${name} (${name}) goes first`;

  it('does so while a commit of ours is pending, unless it is there already (T4)', () => {
    const late = 'postponed: MX-1: left out of the commit that is pending there';
    const there = { presence: { p: { kind: 'after' } }, permitted: [parent] } as const;
    const other = one('o', { after: ['routing-instances o'] });
    assert.deepEqual(judged(on({ ...there, pending: 'ours' }), [parent, other]), ['goes', late]);
    assert.deepEqual(judged(on(), [other], { isTakenOver: true }), [late]);
    assert.deepEqual(judged(on(there), [parent, other]), ['goes', 'goes']);
  });

  it('does so while its parent or its child goes with this one, whichever is first in the queue', () => {
    assert.deepEqual(judged(on(), [parent, child]), ['goes', behind('p')]);
    assert.deepEqual(judged(on(), [child, parent]), ['goes', behind('c')]);
    assert.deepEqual(judged(on(), [child], { others: [parent] }), [behind('p')]);
  });

  it('does not because of a parent that stays as it is', () => {
    const same = one('p', { before: [PLAIN], after: [PLAIN] });
    assert.deepEqual(judged(on({ presence: { p: { kind: 'unchanged' } } }), [same, child]), ['goes', 'goes']);
  });

  it('does not if it stands there: then nothing is to be committed for it', () => {
    const there = { presence: { c: { kind: 'after' } }, permitted: [child] } as const;
    assert.deepEqual(judged(on(there), [parent, child]), ['goes', 'goes']);
  });
});

describe('a router that can’t take a member', () => {
  it('because the parent does not stand there keeps it out, but not its deletion', () => {
    const [lost, first] = [one('p', CREATE), one('c', CREATE)];
    const parents = { c: [parentOf(lost)] };
    const why =
      'vpn_gateway acme (p) does not stand there as it should: by its plan record nothing of it stands';
    assert.deepEqual(judged(router({ parents }), [first]), [`${FAILURES.Conflict}: MX-1: ${why}`]);
    assert.deepEqual(judged(router({ parents }), [one('c', DELETE)]), ['goes']);
  });

  it('because it has no commits that fall back keeps out what is to be committed, and nothing else', () => {
    const [there, fresh] = [one('a', CREATE), one('b', { after: ['routing-instances b'] })];
    const presence = { a: { kind: 'after' } } as const;
    assert.deepEqual(judged(router({ capabilities: [], presence, permitted: [there] }), [there, fresh]), [
      'goes',
      `${FAILURES.RouterRefused}: MX-1: it has no commits that fall back by themselves, which its policy "confirmedCommits" requires`,
    ]);
  });
});
