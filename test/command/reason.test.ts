import assert from 'node:assert/strict';
import { checkedReason } from '../../command/reason.ts';
import { readRequest } from '../../gateway/request.ts';

describe('a reason', () => {
  for (const [given, reason] of [
    ['burnt,  replaced', 'burnt, replaced'],
    [' burnt,\t\nreplaced ', 'burnt, replaced'],
    ['burnt,\u00a0replaced', 'burnt,\\u00a0replaced'],
    ['burnt \ud83d', 'burnt \ufffd'],
  ] as const)
    it(`${JSON.stringify(given)} has the form that a request takes`, () => {
      assert.equal(checkedReason(given, 'the deletion'), reason);
      const owe = { router: 'MX-1', reason, by: 'alice' };
      const read = readRequest({ resourceType: 'vpn_gateway', resourceId: 'one', owe });
      assert.equal(read.kind, 'request');
    });

  it('is refused if it says nothing, or too much', () => {
    for (const given of ['', ' \n ', undefined])
      assert.throws(() => checkedReason(given, 'the hold'), /^UsageError: --reason: expected a reason for/);
    assert.throws(
      () => checkedReason('a'.repeat(201), 'the hold'),
      /^UsageError: --reason: expected at most 200 characters, got 201$/,
    );
  });
});
