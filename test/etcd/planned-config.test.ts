import assert from 'node:assert/strict';
import { isRewritten, plannedConfig } from '../../etcd/planned-config.ts';

const SECRET = ['key'];
const entry = (modRevision: string, body: unknown, value: object = { body, version: 1 }) => ({
  key: '/config',
  modRevision,
  lease: '0',
  value: Buffer.from(JSON.stringify(value)),
});
const body = { id: 'a', vlans: { up: 1, down: [2, 3] }, key: 'secret' };
const planned = plannedConfig(entry('7', body), SECRET);
const isRewrittenAs = (other: unknown) => isRewritten(planned, entry('8', other));

describe('a configuration that was written again at the same version', () => {
  it('is the same with its body in a string, and with its fields in another order', () => {
    const { id, vlans, key } = body;
    assert.equal(isRewrittenAs(JSON.stringify(body)), false);
    assert.equal(isRewrittenAs({ key, vlans: { down: vlans.down, up: vlans.up }, id }), false);
  });

  it('is another one with any other field, value or order of a list, at any depth', () => {
    for (const other of [
      { ...body, id: 'b' },
      { ...body, more: null },
      { ...body, vlans: { up: 1, down: [3, 2] } },
      { ...body, vlans: { up: '1', down: [2, 3] } },
      { id: 'a', key: 'secret' },
      'no body',
    ])
      assert.equal(isRewrittenAs(other), true, JSON.stringify(other));
  });

  it('is the same with another secret, which the digest must not tell', () => {
    assert.equal(isRewrittenAs({ ...body, key: 'other' }), false);
    assert.equal(plannedConfig(entry('7', { ...body, key: 'x' }), SECRET).digest, planned.digest);
  });
});
