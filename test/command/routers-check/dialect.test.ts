import assert from 'node:assert/strict';
import { deviationsIn } from '../../../command/routers-check/dialect.ts';
import type { Dialect } from '../../../simulator/device/dialect.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { client, confirmed, describeAe0 } from '../../simulator/device/scene.ts';
import { openCheckScene, type CheckScene } from './scene.ts';

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
  [{ interfaceSpecific: 'all' }, /^understood, though filters have an instance for each interface$/],
  [{ synchronizeComment: true }, /^understood, though a commit has two comments$/],
  [{ wrapped: true, nothing: 'ok' }, /though replies are within .*; where there is nothing to show, /],
];

describe('deviations of a reply', () => {
  const of = (text: string) =>
    deviationsIn([{ from: 'server', atMs: 0, operation: 'commit-configuration', text }]);

  it('are the process that refused, where it stands within <error-info>', () => {
    const daemon = '<source-daemon>dcd</source-daemon>';
    const inside = `<rpc-error><error-info><bad-element>x</bad-element>${daemon}</error-info></rpc-error>`;
    assert.deepEqual(of(inside), ['<source-daemon> is within <error-info>']);
    assert.deepEqual(
      of(`<rpc-error>${daemon}<error-info><bad-element>x</bad-element></error-info></rpc-error>`),
      [],
    );
  });

  it('are those of replies, not of requests', () => {
    const request = { from: 'client', atMs: 0, operation: 'x', text: '<xnm:error/>' } as const;
    assert.deepEqual(deviationsIn([request]), []);
    assert.deepEqual(of('<xnm:error/>'), ['errors or warnings are in <xnm:…>']);
  });
});

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
