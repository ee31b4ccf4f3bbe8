import assert from 'node:assert/strict';
import { isRewritten, plannedConfig } from '../../etcd/planned-config.ts';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';

const SECRET = ['key'];
const entry = (modRevision: string, body: unknown, value: object = { body, version: 1 }) => ({
  key: '/config',
  modRevision,
  lease: '0',
  value: Buffer.from(JSON.stringify(value)),
});
const body = { id: 'a', vlans: { up: 1, down: [2, 3] }, key: 'secret' };
const planned = plannedConfig(entry('7', body), SECRET, undefined);
const isRewrittenAs = (other: unknown) => isRewritten(planned, entry('8', other), undefined);

describe('a configuration that was written again at the same version', () => {
  const etcd = useEtcd();

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
    assert.equal(plannedConfig(entry('7', { ...body, key: 'x' }), SECRET, undefined).digest, planned.digest);
  });

  describe('where the gateway has secrets in its texts', () => {
    const text = { id: 'a', configuration: 'authentication-key Sesame7;' };
    const keyed = plannedConfig(entry('7', text), SECRET, 'random');

    it('is told by a digest that nobody can make without their key', () => {
      assert.match(keyed.digest, /^hmac-sha256:[0-9a-f]{64}$/);
      const others = [undefined, 'other'].map((key) => plannedConfig(entry('7', text), SECRET, key).digest);
      for (const digest of others) assert.notEqual(digest.split(':')[1], keyed.digest.split(':')[1]);
    });

    it('is another one with another secret in a text', () => {
      const isRewrittenTo = (other: unknown, key?: string) => isRewritten(keyed, entry('8', other), key);
      assert.equal(isRewrittenTo({ ...text }, 'random'), false);
      assert.equal(isRewrittenTo({ ...text, configuration: 'authentication-key Open8;' }, 'random'), true);
      // Without the key nobody can tell whether the secret is another one; but nothing can be loaded either.
      assert.equal(isRewrittenTo({ ...text, configuration: 'authentication-key Open8;' }), false);
    });

    it('stops a permission, and a record of what was done', async () => {
      const { store, raw } = etcd();
      const gateway = newGateway();
      const witness = new Witness(raw, gateway);
      const fields = (key: string) => ({ configuration: `authentication-key ${key};` });
      const revision = await witness.configure(1, false, fields('Sesame7'));
      const secrets = {
        key: 'random',
        values: { '<secret:authentication-key:0123456789abcdef>': 'Sesame7' },
      };
      await store.register({ ...requestFor(gateway, revision), secrets });
      assert.match((await store.planRecord(gateway))?.config.digest ?? '', /^hmac-/);
      await witness.rewrite(fields('Open8'));
      assert.deepEqual(await store.permitApply(gateway, 'run-1'), { kind: 'rewritten' });
      assert.deepEqual(await store.recordStack(gateway, 'run-1'), { kind: 'rewritten' });
      await witness.rewrite(fields('Sesame7'));
      assert.deepEqual(await store.permitApply(gateway, 'run-1'), { kind: 'permitted' });
    });

    it('is compared without a key if it was planned without one', () => {
      assert.equal(isRewritten(planned, entry('8', body), 'random'), false);
      assert.equal(isRewritten(planned, entry('8', { ...body, id: 'b' }), 'random'), true);
    });
  });
});
