/** What `plan` tells of a gateway that stands: an update, a deletion, or nothing. */
import assert from 'node:assert/strict';
import type { MaskedPlan, MaskedRouter } from '../../command/masked-plan.ts';
import { main } from '../../command/run.ts';
import { KEYS } from '../../etcd/keys.ts';
import { changeLimitsOf, DEFAULT_POLICY } from '../../gateway/policies.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { sampleGateways, sampleNeighbours, SAMPLE_GATEWAYS } from '../../local/samples.ts';
import { ownEtcd, type RunningEtcd } from '../world/etcd.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

const SECRET = '$9$canary-4e7d';
const [ref] = SAMPLE_GATEWAYS;
const sample = sampleGateways()[0]?.value;
assert(ref && sample);
const words = [ref.resourceType, ref.resourceId];

describe('gateway-saga plan of a gateway that stands', () => {
  let etcd: RunningEtcd;
  let endpoint: string;
  before(async function () {
    this.timeout(90_000);
    etcd = await ownEtcd();
    ({ endpoint } = etcd);
    await writeRecords([endpoint], [...sampleNeighbours(), ...sampleGateways()]);
  });
  after(() => etcd.stop());

  const run = async (...options: string[]) => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: endpoint });
    const code = await main(['plan', ...words, ...options], io);
    assertDescribed('plan', options, io.out());
    return { code, out: io.out(), err: io.err() };
  };
  const planned = async () => {
    const plan = JSON.parse((await run('--json')).out) as MaskedPlan;
    assert(plan.kind === 'planned');
    return plan;
  };
  const write = (key: string, value: unknown) =>
    writeRecords([endpoint], [{ key, value: JSON.stringify(value) }]);
  /** Writes what etcd has once version 1 was created, with other texts on the routers if `edit` makes some. */
  const stand = async (edit: (text: string) => string = (text) => text) => {
    const { routers } = first;
    const recorded = ({ id, create, arrange, remove, owns, monitors }: MaskedRouter) => ({
      id,
      before: null,
      after: { create: edit(create), arrange, remove, owns, monitors },
    });
    await write(KEYS.plan(ref), {
      gateway: { ...ref, version: 1 },
      action: 'create',
      standing: null,
      run: 'run-1',
      tenant: null,
      jobs: [],
      kind: { source: 'folder', digest: 'sha256:1' },
      limits: changeLimitsOf(DEFAULT_POLICY),
      routers: { primary: recorded(routers.primary), secondary: recorded(routers.secondary) },
      config: { revision: '1', digest: 'sha256:2', secretFields: [] },
      mayBeApplied: false,
      kept: true,
    });
    await write(KEYS.state(ref), { state: { worker_state: 'CREATE_COMPLETED' }, version: 1, error: '' });
  };
  const configure = (version: number, edit: (text: string) => string = (text) => text) => {
    const envelope = JSON.parse(edit(sample)) as object;
    return write(KEYS.config({ type: ref.resourceType, id: ref.resourceId }), { ...envelope, version });
  };
  let first: MaskedPlan & { readonly kind: 'planned' };

  it('says of a creation that nothing stands, and 2 where the exit code is to tell of a change', async () => {
    first = await planned();
    const { code, out } = await run('--detailed-exitcode');
    assert.equal(code, 2);
    assert.match(out, /^vpn_gateway \S+ version 1\ncreate: version 1; nothing stands\n/);
    assert.ok(first.routers.primary.difference.added.length >= 10);
    assert.deepEqual(first.routers.primary.difference.removed, []);
  });

  it('says of a version that has ended that nothing would be touched, with 0', async () => {
    await stand();
    const { code, out } = await run('--detailed-exitcode');
    assert.deepEqual([code, out], [0, 'version 1 has ended as CREATE_COMPLETED: nothing would be touched\n']);
  });

  it('says of an update that changes nothing on the routers just that, with 0', async () => {
    await configure(2);
    const { code, out } = await run('--detailed-exitcode');
    assert.equal(code, 0);
    assert.match(out, /\nupdate: version 1 → 2\nnothing changes on either router\n/);
    assert.match(out, /\nprimary: MX-1 \(.*\)\n {2}changes\n {4}none; \d+ statements unchanged\n {2}owns\n/);
  });

  it('shows what an update takes and puts, statement by statement, and counts the rest', async () => {
    await configure(2, (text) => text.replaceAll('"122"', '"123"').replaceAll('.122"', '.123"'));
    const { code, out, err } = await run('--detailed-exitcode');
    assert.equal(code, 2, err);
    assert.equal((await run()).code, 0);
    const [, primary = ''] = out.split(/^(?:primary|secondary): /m);
    const changes = primary.slice(0, primary.indexOf('  owns')).split('\n').slice(2);
    assert.deepEqual(changes.slice(0, -2), [
      '    - interfaces ge-0/0/1 unit 122 description CloudGW_vpn',
      '    - interfaces ge-0/0/1 unit 122 vlan-id 122',
      '    - routing-instances vrf_gw_sample-ha-router-downlink_1025 interface ge-0/0/1.122',
      '    + interfaces ge-0/0/1 unit 123 description CloudGW_vpn',
      '    + interfaces ge-0/0/1 unit 123 vlan-id 123',
      '    + routing-instances vrf_gw_sample-ha-router-downlink_1025 interface ge-0/0/1.123',
    ]);
    assert.match(changes.at(-2) ?? '', /^ {4}\d+ statements unchanged$/);
    assert.ok(!out.includes('nothing changes'));
    const { routers } = await planned();
    assert.equal(routers.secondary.difference.removed.length, 3);
    assert.equal(routers.secondary.difference.added.length, 3);
  });

  it('shows that a secret of Junos goes, and not the secret', async () => {
    await configure(2);
    await stand((text) => text.replace('vlan-id 122;', `vlan-id 122; authentication-key "${SECRET}";`));
    for (const options of [[], ['--json']]) {
      const { code, out } = await run(...options);
      assert.equal(code, 0);
      assert.ok(!out.includes('canary'), out);
      assert.match(out, /interfaces ge-0\/0\/1 unit 122 authentication-key ••••••/);
    }
  });

  it('shows what a deletion takes, and no VRRP to wait for', async () => {
    await stand();
    await configure(3, (text) => text.replace('"marked_for_deletion":false', '"marked_for_deletion":true'));
    const { code, out } = await run('--detailed-exitcode');
    assert.equal(code, 2);
    assert.match(out, /\ndelete: version 1 goes; version 3 is marked for deletion\n/);
    const { routers } = await planned();
    for (const role of ['primary', 'secondary'] as const) {
      const { removed, added, unchanged } = routers[role].difference;
      assert.deepEqual(removed, first.routers[role].difference.added);
      assert.deepEqual([added, unchanged], [[], 0]);
    }
    assert.match(out, /\n {4}- interfaces ge-0\/0\/1 unit 122 vlan-id 122\n/);
    assert.doesNotMatch(out, /^VRRP$/m);
    assert.ok(!out.includes('unchanged'));
  });

  it('tells what it does not understand, and what can not be planned, apart from a change', async () => {
    assert.equal((await run('--detailed-exitcode', '--version', '7')).code, 1);
    assert.equal((await run('--detailed-exitcode', '--version', 'x')).code, 3);
    assert.equal((await run('--detailed-exitcode', '--nonsense')).code, 3);
    assert.equal((await run('--version', 'x')).code, 2);
  });
});
