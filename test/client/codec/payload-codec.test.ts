import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import fc from 'fast-check';
import { payloadCodec, PayloadKeyError } from '../../../client/codec/payload-codec.ts';

const keyOf = (id: string) => ({ id, bytes: randomBytes(32) });
const [first, second] = [keyOf('first'), keyOf('second')];
const codec = payloadCodec([first]);
const plain = defaultPayloadConverter.toPayload({ name: 'canary' });

const one = async (payloads: Promise<Payload[]>): Promise<Payload> => (await payloads)[0] ?? assert.fail();

describe('the payload codec', () => {
  it('gives back every payload as it was', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const payload = fc.record({ metadata: fc.dictionary(fc.string(), bytes), data: bytes });
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 4 }), async (payloads) => {
        const back = await codec.decode(await codec.encode(payloads));
        const plainCommits = ({ metadata, data }: Payload) => [
          Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value)]),
          Buffer.from(data ?? []),
        ];
        assert.deepEqual(back.map(plainCommits), payloads.map(plainCommits));
      }),
    );
  });

  it('shows that it is encrypted, how, and by which key; nothing of what is in it', async () => {
    const { metadata, data } = await one(codec.encode([plain]));
    const shown = Object.entries(metadata ?? {}).map(
      ([name, value]) => `${name}=${Buffer.from(value).toString()}`,
    );
    assert.deepEqual(shown, [
      'encoding=binary/encrypted',
      'encryption-cipher=aes-256-gcm',
      'encryption-key-id=first',
    ]);
    assert.ok(!Buffer.from(data ?? []).includes('canary'));
  });

  it('never encrypts twice to the same bytes', async () => {
    const sealed = await codec.encode(Array.from({ length: 50 }, () => plain));
    assert.equal(new Set(sealed.map(({ data }) => Buffer.from(data ?? []).toString('hex'))).size, 50);
  });

  it('rotates: the first key encrypts, those behind it still decrypt', async () => {
    const before = await codec.encode([plain]);
    const rotated = payloadCodec([second, first]);
    const back = await one(rotated.decode(before));
    assert.deepEqual(defaultPayloadConverter.fromPayload(back), { name: 'canary' });
    const after = await rotated.encode([plain]);
    assert.equal(String(after[0]?.metadata?.['encryption-key-id']), 'second');
    await assert.rejects(codec.decode(after), PayloadKeyError);
  });

  it('passes on what is not encrypted, and encrypts nothing without a key', async () => {
    assert.deepEqual(await codec.decode([plain]), [plain]);
    const without = payloadCodec([]);
    assert.ok(codec.encrypts && !without.encrypts);
    assert.deepEqual(await without.encode([plain]), [plain]);
  });

  it('says which key is missing', async () => {
    await assert.rejects(payloadCodec([]).decode(await codec.encode([plain])), {
      name: 'PayloadKeyError',
      keyId: 'first',
      message:
        'a payload is encrypted with the key "first", which is not among the codec keys that this program was given',
    });
  });

  it('notices any byte that was changed, another key of that name, and another name', async () => {
    const sealed = await one(codec.encode([plain]));
    const data = Buffer.from(sealed.data ?? []);
    for (let at = 0; at < data.length; at += 1) {
      const changed = Buffer.from(data);
      changed.writeUInt8((changed[at] ?? 0) ^ 1, at);
      await assert.rejects(codec.decode([{ ...sealed, data: changed }]), PayloadKeyError);
    }
    for (const length of [0, 5, 12, 27])
      await assert.rejects(codec.decode([{ ...sealed, data: data.subarray(0, length) }]), PayloadKeyError);
    const another = payloadCodec([{ id: 'first', bytes: randomBytes(32) }]);
    await assert.rejects(another.decode([sealed]), PayloadKeyError);
    const both = payloadCodec([{ ...first, id: 'renamed' }]);
    const renamed = {
      ...sealed,
      metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from('renamed') },
    };
    await assert.rejects(both.decode([renamed]), (error) => {
      assert.ok(error instanceof PayloadKeyError);
      assert.ok(!inspect(error, { depth: 9 }).includes(first.bytes.toString('base64')));
      return true;
    });
  });
});
