/** Kinds are published under a prefix of their own while a worker watches, and gateways of them are written. */
import { kindOf } from '../gateway/kinds.ts';
import assert from 'node:assert/strict';
import { main } from '../../command/run.ts';
import { openStore } from '../../etcd/store.ts';
import { DEFAULT_WATCH_POLICY } from '../../gateway/config-watch.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { Proxy } from '../../local/proxy.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { toHeatTemplates } from '../../templates/published.ts';
import { fakeIo } from '../command/fake-io.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

const PREFIX = '/gateway-saga/templates/';
/** Listing by the timer would find each kind, too, but later. */
const policy = { watch: { ...DEFAULT_WATCH_POLICY, relistSeconds: 3_600 } };

describe('the watch over /config, while kinds are published', function () {
  this.timeout(60_000);
  let site: WatchSite;
  const created = [{ version: 1, word: 'CREATE_COMPLETED' }];
  before(async () => {
    site = await openWatchSite(1);
    const environment = { ...site.stack.environment, GATEWAY_SAGA_TEMPLATE_PREFIX: PREFIX };
    await startWorker({ ...site.stack, environment }, { watch: true, policy });
    await site.untilStatus(({ report }) => report !== null);
  });
  after(() => site.close());

  it('asks for gateways of a new kind that were there before it', async () => {
    const type = 'branch_gateway';
    const [primary, secondary] = site.pair(0);
    const like = gatewayOn('vpn_gateway', { primary: primary.id, secondary: secondary.id }, 500);
    const gateway: TestGateway = {
      ...like,
      resourceType: type,
      gateway: { ...like.gateway, type },
    };
    const { endpoints } = site.stack.etcd;
    await writeRecords(endpoints, [...gateway.neighbours, gateway.gateway].map(recordOf));
    // What the gateway refers to was written with it, and has been seen to.
    const service = gateway.neighbour('vpn_service');
    await site.untilWord({ resourceType: service.type, resourceId: service.body.id }, service.version);
    assert.equal(await site.runs(gateway), 0);

    const kind = kindOf('vpn_gateway');
    const store = openStore({ endpoints, templatePrefix: PREFIX });
    await store.publishTemplates(
      toHeatTemplates({
        ...kind,
        resourceType: type,
        provisioning: { ...kind.provisioning, id: type },
        monitoring: { ...kind.monitoring, id: `${type}_monitoring` },
      }),
    );
    store.close();
    assert.deepEqual(await site.untilWord(gateway, 1), created);
    assert.equal(await site.runs(gateway), 1);
  });

  it('creates a gateway that is written while the two halves of its kind are on their way', async () => {
    const proxy = await Proxy.open(site.stack.etcd.endpoints[0] ?? '');
    try {
      let gateway: TestGateway | undefined;
      proxy.arm('\\"id\\":\\"vpn_gateway_monitoring\\"', {
        kind: 'pause',
        meanwhile: async () => {
          gateway = await site.write('vpn_gateway', 0);
          await site.untilWord(gateway, 1);
        },
      });
      const environment = { ...site.stack.environment, ETCDCTL_ENDPOINTS: proxy.endpoint };
      const io = fakeIo(environment);
      assert.equal(await main(['templates', 'publish', '--prefix', PREFIX], io), 0, io.err());
      assert.ok(gateway);
      // On a slow machine the command's write may be tried again, past the pause, before the gateway has ended.
      assert.deepEqual(await site.untilWord(gateway, 1), created);
      assert.equal(proxy.cuts, 1);
    } finally {
      await proxy.close();
    }
  });
});
