import assert from 'node:assert/strict';
import { startWorker } from '../../local/worker-process.ts';
import { loginClass } from '../../simulator/device/login-class.ts';
import { blocksOf, readPage, sectionOf } from '../project/readme-document.ts';
import type { SampleKind } from '../../local/test-gateway.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

describe('the login class that the page on routers gives', function () {
  this.timeout(90_000);
  let site: Site;
  before(async () => {
    const text = sectionOf(await readPage('docs/routers.md'), 'The login class');
    const block = blocksOf({ path: '', text }).find(({ language }) => language === 'junos');
    const permission = loginClass(block?.text ?? '', 'gateway-saga');
    site = await openSite(1, { routers: { loginClass: permission } });
    await startWorker(site.stack, { policy: { vrrpLimitMs: 1_000 } });
  });
  after(() => site.close());

  for (const kind of ['vpn_gateway', 'internet_gateway'] satisfies SampleKind[]) {
    it(`is enough to create a ${kind}`, async () => {
      const gateway = await site.write(kind, 0);
      await site.assertCreatedOnce(gateway, await site.client.create(gateway));
    });

    it(`is enough to take a ${kind} back`, async () => {
      const gateway = await site.write(kind, 0);
      const before = site.pair(0).map(({ device }) => device.running());
      const [{ device }] = site.pair(0);
      device.setLink('ae0', false);
      const outcome = await (await site.client.create(gateway)).result();
      device.setLink('ae0', true);
      assert.ok(outcome.kind === 'failed' && outcome.type === 'NotConverged', JSON.stringify(outcome));
      assert.deepEqual(outcome.compensation, []);
      assert.deepEqual(
        site.pair(0).map((router) => router.device.running()),
        before,
      );
    });
  }

  it('refuses a gateway on an interface that it does not name, and says so', async () => {
    const gateway = await site.write('vpn_gateway', 0, ({ gateway: { body }, neighbours }) => {
      for (const fields of [body, ...neighbours.map((neighbour) => neighbour.body)])
        for (const [name, value] of Object.entries(fields))
          if (typeof value === 'string') fields[name] = value.replace('ge-0/0/1', 'irb');
    });
    const outcome = await (await site.client.create(gateway)).result();
    assert.ok(outcome.kind === 'failed' && outcome.type === 'RouterRefused', JSON.stringify(outcome));
    assert.match(outcome.message, /permission denied/);
    assert.deepEqual(outcome.compensation, []);
  });
});
