import assert from 'node:assert/strict';
import { StoreRefusedError } from '../../etcd/errors.ts';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';

describe('what etcd refuses', () => {
  const etcd = useEtcd();

  it('for want of space is reported so, and succeeds when it is sent again after an operator has made space', async () => {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const request = requestFor(gateway, await new Witness(raw, gateway).configure());
    await raw.maintenance.alarm({ action: 'Activate', memberID: '0', alarm: 'Nospace' });
    await assert.rejects(store.register(request), (error: unknown) => {
      assert.ok(error instanceof StoreRefusedError, String(error));
      assert.match(error.message, /^etcd refused the request \(register\): .*database space exceeded/);
      assert.equal(error.canBeMended, true);
      return true;
    });
    assert.deepEqual(await store.alarms(), ['NOSPACE']);
    await raw.maintenance.alarm({ action: 'Deactivate', memberID: '0', alarm: 'Nospace' });
    assert.deepEqual(await store.alarms(), []);
    assert.deepEqual(await store.register(request), { kind: 'registered' });
  });

  for (const [by, length, words] of [
    ['etcd', 1_700_000, /request is too large/],
    ['gRPC', 3_000_000, /larger than max/],
  ] as const)
    it(`because it is too big for ${by} will always be refused`, async () => {
      const big = { id: 'big', text: 'x'.repeat(length) };
      await assert.rejects(etcd().store.publishTemplates([big]), (error: unknown) => {
        assert.ok(error instanceof StoreRefusedError, String(error));
        assert.match(error.message, words);
        assert.equal(error.canBeMended, false);
        return true;
      });
    });
});
