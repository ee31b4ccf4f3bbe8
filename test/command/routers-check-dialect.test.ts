import assert from 'node:assert/strict';
import type { Dialect } from '../../simulator/device/dialect.ts';
import { useEtcd } from '../etcd/fixture.ts';
import { client, confirmed, describeAe0 } from '../simulator/device/scene.ts';
import { openCheckScene, type CheckScene } from './check-scene.ts';

/** Each form that shows without a lock, and its words in the report. */
const FORMS: readonly (readonly [dialect: Partial<Dialect>, words: RegExp])[] = [
  [{}, /^replies as documented$/],
  [{ wrapped: true }, /^understood, though replies are within <multi-routing-engine-results>$/],
  [{ vrrpIdle: 'output' }, /^understood, though that VRRP does not run is told as output$/],
  [{ vrrpIdle: 'xnm' }, /^understood, though errors or warnings are in <xnm:…>$/],
  [
    { nothing: 'none' },
    /^understood, though where there is nothing to show, <configuration-text> is left out$/,
  ],
  [
    { nothing: 'ok' },
    /^understood, though where there is nothing to show, <configuration-text> is left out$/,
  ],
  [{ synchronizeComment: true }, /^understood, though a commit has two comments$/],
  [{ wrapped: true, nothing: 'ok' }, /though replies are within .*; where there is nothing to show, /],
];

describe("routers check, on a router's dialect", function () {
  this.timeout(20_000);
  const etcd = useEtcd();
  let scene: CheckScene;
  afterEach(async () => {
    await scene.close();
  });

  for (const [dialect, words] of FORMS) {
    it(`${JSON.stringify(dialect)} is named, and fails nothing`, async () => {
      scene = await openCheckScene(etcd().endpoint, { options: { dialect } });
      const operator = client(scene.router.device);
      await operator.set(describeAe0('a test'));
      await operator.ok(confirmed(5, 'a safety net'));
      await operator.commit();
      operator.session.close();
      const line = await scene.line('dialect');
      assert.equal(line.result, 'ok');
      assert.match(line.text, words);
      assert.equal((await scene.check()).code, 0);
    });
  }

  for (const logs of ['latin-1', 'control', 'wildcard'] as const) {
    it(`a log with bad characters (${logs}) is named, and fails nothing`, async () => {
      scene = await openCheckScene(etcd().endpoint, { options: { dialect: { logs }, minute: 20 } });
      const operator = client(scene.router.device);
      await operator.set(describeAe0('a test'));
      await operator.ok(confirmed(1));
      while (scene.router.device.inspect().pending !== null)
        await new Promise((resolve) => setTimeout(resolve, 5));
      operator.session.close();
      assert.equal((await scene.check()).code, 0);
      const expected = /^understood, though some characters can not be read$/;
      assert.match((await scene.line('dialect')).text, expected);
    });
  }

  it('port and unit for an interface are named', async () => {
    const dialect = { vrrpGroups: 'together' } as const;
    scene = await openCheckScene(etcd().endpoint, { options: { dialect } });
    const operator = client(scene.router.device);
    await operator.set(
      'set interfaces ae0 unit 5 apply-groups InetGW1-VRRP',
      'set interfaces ae0 unit 5 vlan-id 5',
    );
    await operator.commit();
    operator.session.close();
    assert.match(
      (await scene.line('dialect')).text,
      /^understood, though VRRP groups are named by port and unit$/,
    );
  });
});
