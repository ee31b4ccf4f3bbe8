/** Which members of a batch a router keeps out for good, by what stands there and by what else is to go there; and what an operator reads about that. */
import assert from 'node:assert/strict';
import { Rejections, findConflicts, isRefusal, stillUnreadable } from '../../../activities/pair/conflicts.ts';
import { RefusedError } from '../../../activities/refused.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { RpcFailedError } from '../../../netconf/errors.ts';
import { AT, CREATE, DELETE, PLAIN, UPDATE, judged, one, owns, router } from './judged.ts';
import type { Ends } from './judged.ts';

const unreadable: Presence = { kind: 'unreadable', path: AT('system d'), why: 'line 1' };

describe('what stands in a member’s place', () => {
  const missing: Presence = { kind: 'partial', found: AT('system a'), missing: AT('system b') };
  const modified: Presence = { kind: 'modified', path: AT('system c') };
  const cases: readonly (readonly [string, Ends, Presence, string, string])[] = [
    // What a router carries already, of a create, an update and a deletion: then if it is ours.
    [
      'whole, to be created',
      CREATE,
      { kind: 'after' },
      `"${PLAIN}" is configured there already, by somebody else`,
      'goes',
    ],
    [
      'changed, to be created',
      CREATE,
      modified,
      '"system c" is configured there already, by somebody else',
      '"system c" was changed by somebody else',
    ],
    [
      'in part, to be created',
      CREATE,
      missing,
      '"system a" is configured there already, by somebody else',
      '"system b" was removed by somebody else',
    ],
    [
      'that can’t be read',
      CREATE,
      unreadable,
      '"system d" can\'t be read (line 1)',
      '"system d" can\'t be read (line 1)',
    ],
    [
      'new, to be updated',
      UPDATE,
      { kind: 'after' },
      `"${PLAIN}" is configured there already, by somebody else`,
      'goes',
    ],
    ['the same at both ends', UPDATE, { kind: 'unchanged' }, 'goes', 'goes'],
    [
      'changed, to be updated',
      UPDATE,
      modified,
      '"system c" was changed by somebody else',
      '"system c" was changed by somebody else',
    ],
    [
      'in part, to be updated',
      UPDATE,
      missing,
      '"system b" was removed by somebody else',
      '"system b" was removed by somebody else',
    ],
    [
      'gone, to be updated',
      UPDATE,
      { kind: 'absent' },
      'it was removed by somebody else',
      'it was removed by somebody else',
    ],
    ['in part, to be deleted', DELETE, missing, 'goes', 'goes'],
    ['gone, to be deleted', DELETE, { kind: 'after' }, 'goes', 'goes'],
    [
      'changed, to be deleted',
      DELETE,
      modified,
      '"system c" was changed by somebody else',
      '"system c" was changed by somebody else',
    ],
  ];
  for (const [what, ends, presence, elses, ours] of cases)
    it(`is told from its own: ${what}`, () => {
      const member = one('a', ends);
      const said = (words: string) => (words === 'goes' ? words : `${FAILURES.Conflict}: MX-1: ${words}`);
      const seen = { presence: { a: presence } };
      assert.deepEqual(judged(router(seen), [member]), [said(elses)]);
      assert.deepEqual(judged(router({ ...seen, permitted: [member] }), [member]), [said(ours)]);
    });

  it('keeps nobody out who is not to go there, or is out already', () => {
    const [elsewhere, out] = [one('a', CREATE, { changes: new Map() }), one('b', CREATE)];
    const later = one('c', CREATE);
    const rejections = new Rejections();
    rejections.add(out.member, null, new RefusedError(FAILURES.Superseded, 'taken over'));
    findConflicts(router({ presence: { a: modified } }), [elsewhere, out, later], rejections);
    const reasons = [elsewhere, out, later].map(({ member }) => rejections.of(member)?.reason);
    assert.deepEqual(reasons, [undefined, 'taken over', undefined]);
  });

  it('that can’t be read is named for each revert that can’t be seen, and only for those', () => {
    const [seen, unseen] = [one('a', CREATE), one('b', CREATE)];
    const found = stillUnreadable(router({ presence: { b: unreadable } }), [seen.change, unseen.change]);
    assert.deepEqual([...found], [[unseen.member, 'MX-1: "system d" can\'t be read (line 1)']]);
  });
});

describe('a stanza that two gateways own', () => {
  const [first, later] = [one('a', CREATE), one('b', CREATE)];
  const refused = `${FAILURES.Conflict}: MX-1: ${owns(PLAIN, first)}`;

  it('goes to the member that is first in the queue, to one that may stand there, or to an owed change (T9)', () => {
    assert.deepEqual(judged(router(), [first, later]), ['goes', refused]);
    assert.deepEqual(judged(router(), [later], { others: [first] }), [refused]);
    const owing = router({ owed: [first] });
    assert.deepEqual(judged(owing, [later]), [refused.replace('name-a (a)', 'a')]);
  });

  it('is free once what was owed is made, or if its member was kept out', () => {
    const paid = router({ owed: [first], presence: { a: { kind: 'after' } } });
    assert.deepEqual(judged(paid, [later]), ['goes']);
    const [out, goes] = judged(router({ presence: { a: unreadable } }), [first, later]);
    assert.deepEqual([out === 'goes', goes], [false, 'goes']);
  });

  it('is named with the other one’s where one lies inside the other', () => {
    const inner = one('b', { after: [`${PLAIN} protocols`] });
    const words = `"${PLAIN} protocols" overlaps "${PLAIN}", which belongs to vpn_gateway name-a (a)`;
    assert.deepEqual(judged(router(), [first, inner])[1], `${FAILURES.Conflict}: MX-1: ${words}`);
  });

  it('and that another one has claimed, is left to it if the member has a statement there', () => {
    const stanza = AT(`${PLAIN} routing-options static route 10.0.0.0/24`);
    const claims = [{ stanza, owner: { resourceType: 'static_route', resourceId: 'c' } }];
    const writing = one('a', {
      after: [PLAIN],
      lines: [`${PLAIN} routing-options static route 10.0.0.0/24 next-hop 10.0.0.1`],
    });
    assert.deepEqual(judged(router({ claims }), [writing]), [
      `${FAILURES.Conflict}: MX-1: "${PLAIN}" overlaps "${PLAIN} routing-options static route 10.0.0.0/24", which belongs to static_route c`,
    ]);
    assert.deepEqual(judged(router({ claims }), [first]), ['goes']);
    // A deletion writes nothing. Whether a child stands in the way is found when it is loaded.
    assert.deepEqual(judged(router({ claims }), [one('a', DELETE)]), ['goes']);
  });
});

describe('the reason why a member is kept out', () => {
  const { member } = one('a', CREATE);
  const peer = { id: 'r1', host: 'h', port: 830 };
  const broken = { type: 'protocol', tag: 'operation-failed', severity: 'error', message: 'no such filter' };
  const refused = new RpcFailedError(peer, 'check', { errors: [broken as never], warnings: [] });

  it('is the first one that was found, whatever comes later', () => {
    const rejections = new Rejections();
    rejections.add(member, 'MX-1', new RefusedError(FAILURES.Conflict, 'first'));
    rejections.add(member, 'MX-2', new RefusedError(FAILURES.Superseded, 'second'));
    rejections.postpone(member, 'MX-2', 'third');
    assert.deepEqual(rejections.of(member), { member, type: FAILURES.Conflict, reason: 'MX-1: first' });
    assert.equal(rejections.isPostponed(member), false);
  });

  it('names the router once: also if it is the router’s own refusal, which names it already', () => {
    const rejections = new Rejections();
    rejections.add(member, 'MX-1', refused);
    const { type, reason } = rejections.of(member) ?? {};
    assert.deepEqual([type, reason], [FAILURES.RouterRefused, refused.message]);
  });

  it('is final if the router or we have refused: nothing was carried out', () => {
    assert.deepEqual([refused, new RefusedError(FAILURES.Conflict, 'no'), new Error('lost')].map(isRefusal), [
      true,
      true,
      false,
    ]);
  });
});
