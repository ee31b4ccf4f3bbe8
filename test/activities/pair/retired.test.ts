import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('a gateway on a router that is retired', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  it('is refused when it registers, with what ends that; it registers once the router is readmitted', async () => {
    const { store } = scene.deps;
    const { id } = scene.other;
    await store.beginMaintenance(id, { reason: 'it smokes', since: '' });
    const retired = { reason: 'burnt', by: 'alice@jump', since: '2026-01-01T00:00:00.000Z' };
    await store.retireRouter(id, retired);
    await store.endMaintenance(id);
    await assert.rejects(scene.gateways(1), {
      name: 'RefusedError',
      type: FAILURES.RouterRetired,
      message: `MX-2 was retired by alice@jump at 2026-01-01T00:00:00.000Z (burnt): no gateway is changed there before "gateway-saga routers readmit ${id}"`,
    });
    await store.readmitRouter(id);
    assert.equal((await scene.gateways(1)).length, 1);
  });
});
