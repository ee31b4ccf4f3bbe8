/** A kind of one job, with variants, that owns single statements: its whole life on simulated routers. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { KEYS } from '../../etcd/keys.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { TestGateway, TestResource } from '../../local/test-gateway.ts';
import { kindFolder, writeStub } from '../templates/kind-folder.ts';
import type { KindFolder } from '../templates/kind-folder.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { ChangeScene } from './change-scene.ts';

const LINES = [
  'set policy-options prefix-list SHARED 203.0.113.0/24',
  'set routing-instances vrf_management routing-options autonomous-system 64512',
];

describe('a kind of one job that owns single statements', function () {
  this.timeout(90_000);
  let folder: KindFolder;
  let world: World;
  let scene: ChangeScene;
  before(async () => {
    folder = await kindFolder();
    await writeStub(folder);
    world = await openWorld({ templates: folder.path });
    scene = new ChangeScene(world);
  });
  after(async () => {
    await world.close();
    await folder.remove();
  });

  function stub(side: 'lan' | 'wan', canary: string): TestGateway {
    const sample = world.gateway('vpn_gateway');
    const id = randomUUID();
    const gateway: TestResource = {
      type: 'stub',
      version: 1,
      body: {
        id,
        side,
        [`${side}_interface_id`]: sample.gateway.body['downlink_interface_id'],
        router_id: '198.51.100.1',
        prefixes: [{ cidr: '10.1.0.0/24' }, { cidr: '10.2.0.0/24' }],
        peers: { first: '192.0.2.21', second: '192.0.2.22' },
        key: canary,
      },
    };
    return { ...sample, resourceType: 'stub', resourceId: id, gateway };
  }

  const jobsOf = async (gateway: TestGateway) => {
    const entries = await world.etcd.readPrefix('jobs', '/jobs/all/');
    return entries
      .filter(({ key }) => key.includes(gateway.resourceId))
      .map(({ value }) => JSON.parse(String(value)) as [string, Record<string, unknown>, 0]);
  };

  for (const [side, keyword] of [
    ['lan', 'authentication-key'],
    ['wan', 'description'],
  ] as const)
    it(`is created, updated and deleted beside what others have; its secret is seen nowhere: ${keyword}`, async () => {
      const canary = (version: number) => `canary-${side}-Xq${version}`;
      const gateway = stub(side, canary(1));
      await scene.byHand(gateway, ...LINES);
      const base = scene.running(gateway);
      const told: string[] = [];

      const created = await world.create(gateway);
      told.push(JSON.stringify(created));
      assert.equal(created.kind, 'created', JSON.stringify(created));
      const [primary, secondary] = scene.running(gateway);
      for (const running of [primary, secondary]) {
        assert.match(
          running,
          /prefix-list SHARED \{\s+203\.0\.113\.0\/24;\s+10\.1\.0\.0\/24;\s+10\.2\.0\.0\/24;/,
        );
        assert.match(
          running,
          /autonomous-system 64512;\s+router-id 198\.51\.100\.1;|router-id 198\.51\.100\.1;/,
        );
        assert.ok(running.includes(keyword), running);
      }
      assert.match(primary, /local-address 192\.0\.2\.21;\s+neighbor 192\.0\.2\.22/);
      assert.match(secondary, /local-address 192\.0\.2\.22;\s+neighbor 192\.0\.2\.21/);
      assert.deepEqual(await world.state(gateway), {
        state: { worker_state: 'CREATE_COMPLETED', heat_outputs: '[]' },
        version: 1,
        error: '',
      });
      assert.deepEqual(await scene.progress(gateway), [{}, { heat_outputs: [] }]);
      const [job, ...more] = await jobsOf(gateway);
      assert.equal(more.length, 0);
      assert.equal(job?.[0], 'heat_worker');
      const { is_first, is_last, action, on_failure, dependency } = job?.[1] ?? {};
      assert.deepEqual(
        { is_first, is_last, action, on_failure, dependency },
        { is_first: true, is_last: true, action: 'create', on_failure: 'fail', dependency: [] },
      );

      await scene.next(gateway, ({ gateway: { body } }) => {
        body['router_id'] = '198.51.100.2';
        body['prefixes'] = [{ cidr: '10.2.0.0/24' }, { cidr: '10.3.0.0/24' }];
        body['key'] = canary(2);
      });
      const updated = await scene.run(gateway);
      told.push(JSON.stringify(updated));
      assert.equal(updated.outcome, 'updated');
      for (const running of scene.running(gateway)) {
        assert.match(
          running,
          /prefix-list SHARED \{\s+203\.0\.113\.0\/24;\s+10\.2\.0\.0\/24;\s+10\.3\.0\.0\/24;\s+\}/,
        );
        assert.match(running, /router-id 198\.51\.100\.2;/);
      }
      assert.deepEqual(await world.state(gateway), {
        state: { worker_state: 'MODIFY_COMPLETED', heat_outputs: '[]' },
        version: 2,
        error: '',
      });

      await scene.next(gateway);
      const unchanged = await scene.run(gateway);
      assert.equal(unchanged.outcome, 'unchanged');
      assert.equal((await scene.told(gateway)).word, 'MODIFY_COMPLETED');

      const plans = await world.history(KEYS.plan(gateway));
      assert.ok(JSON.stringify(plans).includes('<secret:'));
      told.push(JSON.stringify(plans));
      await scene.tombstone(gateway);
      const deleted = await scene.run(gateway);
      assert.equal(deleted.outcome, 'deleted');
      assert.deepEqual(scene.running(gateway), base);
      assert.equal((await scene.told(gateway)).word, 'DELETE_COMPLETED');
      const actions = (await jobsOf(gateway)).map(([, value]) => String(value['action']));
      assert.deepEqual(
        actions.toSorted((one, other) => one.localeCompare(other)),
        ['create', 'logical_delete', 'modify', 'modify'],
      );

      const handle = world.temporal.workflow.getHandle(workflowIdOf(gateway));
      told.push(JSON.stringify(await handle.fetchHistory()));
      for (const version of [1, 2]) {
        assert.ok(!told.join('\n').includes(canary(version)));
        assert.ok(!told.join('\n').includes(Buffer.from(canary(version)).toString('hex')));
        assert.ok(!told.join('\n').includes(Buffer.from(canary(version)).toString('base64').slice(0, -4)));
      }
    });
});
