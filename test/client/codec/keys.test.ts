import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { keysOf, parseCodecKeys } from '../../../client/codec/keys.ts';
import { InvalidRequestError } from '../../../client/index.ts';

const key = randomBytes(32);
const other = randomBytes(32);
const base64 = (bytes: Buffer): string => bytes.toString('base64');

describe('a file of codec keys', () => {
  it('has a key a line, with comments and empty lines between them', () => {
    const text = `# ours\r\n\n  new ${base64(key)}\nold-1\t${base64(other)}  \n`;
    assert.deepEqual(parseCodecKeys(text, 'file'), [
      { id: 'new', bytes: key },
      { id: 'old-1', bytes: other },
    ]);
  });

  const canary = base64(Buffer.from('canary-canary-canary-canary-cana'));
  const bad: [text: string, message: string][] = [
    ['# nothing\n', 'file: expected at least one key, got "none"'],
    [`${canary}\n`, 'file, line 1: expected a name and 32 bytes in base64, got "something else"'],
    [
      `a ${canary}\n\nb ${canary} c\n`,
      'file, line 3: expected a name and 32 bytes in base64, got "something else"',
    ],
    [`a ${canary.slice(0, 24)}`, 'file, line 1: expected a name and 32 bytes in base64, got "18 bytes"'],
    [`a ${canary}\na ${canary}`, 'file: expected each name once, got "a"'],
  ];
  for (const [text, message] of bad)
    it(`is refused with "${message}"`, () => {
      assert.throws(
        () => parseCodecKeys(text, 'file'),
        (error: Error) => {
          assert.ok(error instanceof InvalidRequestError);
          assert.equal(error.message, message);
          assert.ok(!inspect(error, { depth: 9 }).includes(canary.slice(0, 20)));
          return true;
        },
      );
    });

  it('is named by its variable', () => {
    assert.deepEqual(keysOf({}), []);
    assert.throws(() => keysOf({ GATEWAY_SAGA_CODEC_KEYS: '/no/such/file' }), {
      message: 'GATEWAY_SAGA_CODEC_KEYS: expected a readable file, got "/no/such/file"',
    });
  });
});
