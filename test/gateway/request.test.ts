import assert from 'node:assert/strict';
import { readRequest } from '../../gateway/request.ts';

const GOOD = { resourceType: 'vpn_gateway', resourceId: '4fab-1' };

describe('a request for a gateway', () => {
  it('names type and id; a version is optional, and unknown fields are left out', () => {
    assert.deepEqual(readRequest({ ...GOOD, other: 1 }), { kind: 'request', request: GOOD });
    assert.deepEqual(readRequest({ ...GOOD, version: null }), { kind: 'request', request: GOOD });
    for (const version of [0, 1, Number.MAX_SAFE_INTEGER])
      assert.deepEqual(readRequest({ ...GOOD, version }), { kind: 'request', request: { ...GOOD, version } });
  });

  it('asks for another attempt only where it says so', () => {
    for (const again of [undefined, null, false])
      assert.deepEqual(readRequest({ ...GOOD, again }), { kind: 'request', request: GOOD });
    for (const more of [{}, { version: 3 }])
      assert.deepEqual(readRequest({ ...GOOD, ...more, again: true }), {
        kind: 'request',
        request: { ...GOOD, ...more, again: true },
      });
  });

  it('names the router that is to owe a deletion, why, and who asks for it', () => {
    const owe = { router: 'er-2', reason: 'burnt, replaced by MX-7', by: 'alice@jump' };
    assert.deepEqual(readRequest({ ...GOOD, owe: { ...owe, other: 1 } }), {
      kind: 'request',
      request: { ...GOOD, owe },
    });
    for (const [field, values] of [
      ['router', [undefined, 7, '', 'a/b']],
      ['reason', [undefined, 7, '', ' ', 'two\nlines', 'a'.repeat(201)]],
      ['by', [undefined, null, '', 'a\u001b[31m', 'a'.repeat(81)]],
    ] as const)
      for (const got of values) {
        const read = readRequest({ ...GOOD, owe: { ...owe, [field]: got } });
        assert.ok(read.kind === 'problem', `${field} ${String(got)}`);
        assert.deepEqual([read.field, read.got], [`owe.${field}`, got]);
        if (field !== 'router') assert.match(read.expected, field === 'by' ? /at most 80 / : /at most 200 /);
      }
    const longest = { ...owe, reason: 'a'.repeat(200), by: 'a'.repeat(80) };
    assert.deepEqual(readRequest({ ...GOOD, owe: longest }), {
      kind: 'request',
      request: { ...GOOD, owe: longest },
    });
    for (const got of ['er-2', 7, [owe]]) assert.equal(readRequest({ ...GOOD, owe: got }).kind, 'problem');
  });

  const LONGEST = [
    { ...GOOD, resourceType: `a${'0'.repeat(62)}` },
    { ...GOOD, resourceId: `0${'_'.repeat(127)}` },
    { ...GOOD, resourceId: 'a.B-c_9' },
    { ...GOOD, resourceType: 'a', resourceId: '0' },
  ];
  for (const request of LONGEST)
    it(`may be ${request.resourceType.length} and ${request.resourceId.length} characters long`, () => {
      assert.deepEqual(readRequest(request), { kind: 'request', request });
    });

  const TYPE = 'a word like "vpn_gateway", at most 63 characters';
  const ID = 'letters, digits, "_", "." or "-", at most 128';
  const VERSION = 'a whole number from 0';
  const BAD: readonly [field: string, expected: string, values: readonly unknown[]][] = [
    [
      'resourceType',
      TYPE,
      [undefined, null, 7, ['vpn'], '', '1a', 'A', 'a-b', 'a/b', 'a b', ' a', 'a\n', `a${'0'.repeat(63)}`],
    ],
    [
      'resourceId',
      ID,
      [undefined, 7, ['a'], '', '-a', '.a', '_a', 'a/b', 'a:b', 'a%b', 'a+b', ' a', 'a\n', 'a'.repeat(129)],
    ],
    ['again', 'true or false', [0, 1, 'true', '', {}]],
    ['version', VERSION, [-1, 1.5, '1', Number.NaN, 2 ** 53, true, {}]],
  ];
  for (const [field, expected, values] of BAD)
    it(`is refused for its ${field}, and told what was expected`, () => {
      for (const got of values)
        assert.deepEqual(readRequest({ ...GOOD, [field]: got }), { kind: 'problem', field, expected, got });
    });

  it('is refused as a whole if it is no object', () => {
    const expected = 'an object {"resourceType":"…","resourceId":"…"}';
    for (const got of [undefined, null, 'vpn_gateway', 7, [GOOD]])
      assert.deepEqual(readRequest(got), { kind: 'problem', field: '', expected, got });
  });
});
