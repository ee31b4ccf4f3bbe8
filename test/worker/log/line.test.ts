import assert from 'node:assert/strict';
import { lineOf } from '../../../worker/log/line.ts';
import type { LogEvent, LogFields } from '../../../worker/log/line.ts';

const event = (fields: LogFields, message = 'change ended'): LogEvent => ({
  time: new Date('2026-11-29T21:00:00.000Z'),
  level: 'info',
  message,
  fields,
});

describe('a line of the log', () => {
  it('is time, level, message and fields', () => {
    const told = event({
      gateway: 'vpn_gateway:1',
      seconds: 2.4,
      alreadyEnded: true,
      reason: 'no "VRRP" yet',
    });
    assert.equal(
      lineOf(told, 'text'),
      '2026-11-29T21:00:00.000Z INFO change ended gateway=vpn_gateway:1 seconds=2.4 alreadyEnded=true reason="no \\"VRRP\\" yet"\n',
    );
    assert.equal(
      lineOf(told, 'json'),
      '{"time":"2026-11-29T21:00:00.000Z","level":"INFO","message":"change ended","fields":{"gateway":"vpn_gateway:1","seconds":2.4,"alreadyEnded":true,"reason":"no \\"VRRP\\" yet"}}\n',
    );
  });

  const values: readonly [what: string, value: string, text: string][] = [
    ['a plain word', 'MX-1+MX-2', 'MX-1+MX-2'],
    ['a word in another script', 'Zürich', 'Zürich'],
    ['nothing', '', '""'],
    ['blanks', 'two words', '"two words"'],
    ['a forged field', 'x outcome=complete', '"x outcome=complete"'],
    ['an equals sign', 'a=b', '"a=b"'],
    ['a quote', 'a"b', '"a\\"b"'],
    ['a line feed', 'a\nb', '"a\\nb"'],
    ['an escape sequence', '\u001b[31mred', '"\\u001b[31mred"'],
    ['a C1 control character', 'a\u009b31m', '"a\\u009b31m"'],
    ['a line separator', 'a\u2028b', '"a\\u2028b"'],
    ['a change of direction', 'a\u202eb', '"a\\u202eb"'],
    ['a tag beyond the first plane', 'a\u{e0041}b', '"a\\udb40\\udc41b"'],
    ['half of a pair', 'a\ud800b', '"a\\ud800b"'],
  ];
  for (const [what, value, text] of values)
    it(`shows ${what} in a field without harm`, () => {
      assert.equal(lineOf(event({ reason: value }), 'text').split(' reason=')[1], `${text}\n`);
      const json = lineOf(event({ reason: value }), 'json');
      assert.deepEqual(JSON.parse(json), {
        time: '2026-11-29T21:00:00.000Z',
        level: 'INFO',
        message: 'change ended',
        fields: { reason: value },
      });
      for (const line of [json, lineOf(event({ reason: value }), 'text')])
        assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    });

  it('keeps a message of several lines on one', () => {
    const line = lineOf(event({}, 'first "line"\nsecond \u001b[1mline'), 'text');
    assert.equal(line, '2026-11-29T21:00:00.000Z INFO first "line"\\nsecond \\u001b[1mline\n');
  });
});
