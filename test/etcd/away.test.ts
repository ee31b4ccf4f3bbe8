import assert from 'node:assert/strict';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { openStore } from '../../etcd/store.ts';
import { Witness, newGateway, requestFor, untilRegistered, useOwnEtcd } from './fixture.ts';
import { Proxy } from '../../local/proxy.ts';

describe('when etcd', () => {
  const etcd = useOwnEtcd();

  it('can not be reached, every method says so', async () => {
    const proxy = await Proxy.open(etcd().endpoint);
    const { endpoint } = proxy;
    await proxy.close();
    const store = openStore({ endpoints: [endpoint], deadlineMs: 500 });
    const gateway = newGateway();
    const unavailable = (operation: string) => (error: unknown) => {
      assert.ok(error instanceof StoreUnavailableError);
      assert.equal(error.operation, operation);
      assert.ok(error.cause);
      return true;
    };
    await assert.rejects(store.ping(), unavailable('ping'));
    const snapshot = store.snapshot();
    const ref = { type: 'vpn_gateway', id: 'x' };
    await assert.rejects(snapshot.read(ref), unavailable('read'));
    await assert.rejects(store.register(requestFor(gateway, '1')), unavailable('register'));
    await assert.rejects(store.permitApply(gateway, 'run-1'), unavailable('permit apply'));
    store.close();
  });

  it('is frozen, calls end at their deadline, and work again when it goes on', async () => {
    const { pid, endpoint, raw } = etcd();
    const store = openStore({ endpoints: [endpoint], deadlineMs: 300 });
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    const configRevision = await witness.configure();
    const request = requestFor(gateway, configRevision);
    await store.ping();
    process.kill(pid, 'SIGSTOP');
    const start = Date.now();
    try {
      await assert.rejects(store.register(request), StoreUnavailableError);
      assert.ok(Date.now() - start < 5_000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    // The first answer after a freeze may be late, too. So the request is sent until it is answered, as an activity would do.
    await untilRegistered(store, request);
    assert.deepEqual(await witness.history(witness.keys.jobState), [{}]);
    store.close();
  });

  it('was frozen at the first read of a snapshot, the snapshot can be read again', async () => {
    const { pid, endpoint, raw } = etcd();
    const witness = new Witness(raw, newGateway());
    await witness.configure();
    const store = openStore({ endpoints: [endpoint], deadlineMs: 300 });
    const snapshot = store.snapshot();
    const ref = { type: 'vpn_gateway', id: witness.gateway.resourceId };
    process.kill(pid, 'SIGSTOP');
    try {
      await assert.rejects(snapshot.read(ref), StoreUnavailableError);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    for (;;) {
      const found = await snapshot.read(ref).catch(() => undefined);
      if (!found) continue;
      assert.ok(!('kind' in found));
      break;
    }
    store.close();
  });
});
