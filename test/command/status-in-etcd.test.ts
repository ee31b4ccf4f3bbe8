/** `status` while Temporal does not answer, and where it knows of no change any more. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { main } from '../../command/run.ts';
import { isTemporalAway } from '../../command/status-in-etcd.ts';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { failedState } from '../../gateway/records.ts';
import { created, monitored } from '../etcd/publication.ts';
import { newGateway, useEtcd, Witness } from '../etcd/fixture.ts';
import { openScene, type Scene } from '../client/scene.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

const NOWHERE = '127.0.0.1:1';

describe('gateway-saga status, while Temporal does not answer', function () {
  this.timeout(60_000);
  const etcd = useEtcd();

  const run = async (id: string, options: readonly string[] = [], endpoint = etcd().endpoint) => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: endpoint, TEMPORAL_ADDRESS: NOWHERE });
    const code = await main(['status', 'vpn_gateway', id, ...options], io);
    assertDescribed('change', options, io.out());
    return { code, out: io.out(), err: io.err() };
  };
  /** The client waits a while for a server that is not there, so each case runs at the same time. */
  const answers = async () => {
    const { gateway, witness, store } = await monitored(etcd());
    const name = `alpha-${gateway.resourceId}`;
    await witness.configure(1, false, { name });
    await store.publish(created(gateway));
    await witness.configure(2, false, { name });
    const failed = newGateway();
    const other = new Witness(etcd().raw, failed);
    await other.configure(3);
    await other.put(other.keys.state, failedState(3, 'MX-1: INIT, expected MASTER'));
    const ids = [gateway.resourceId, failed.resourceId, randomUUID()] as const;
    const [stands, byName, asJson, isFailed, isNever, both, watched] = await Promise.all([
      run(ids[0]),
      run(name),
      run(ids[0], ['--json']),
      run(ids[1]),
      run(ids[2]),
      run(ids[0], [], NOWHERE),
      run(ids[0], ['--watch']),
    ]);
    return { ids, stands, byName, asJson, isFailed, isNever, both, watched };
  };

  it('says what etcd knows, and why Temporal was not asked', async () => {
    const { ids, stands, byName, asJson, isFailed, isNever, both, watched } = await answers();
    const subject = ids.map((id) => `vpn_gateway:${id}: `) as [string, string, string];
    assert.equal(stands.code, 1);
    assert.match(
      stands.err,
      /^whether a change runs is not known \(Temporal at 127\.0\.0\.1:1 can't be reached: .*\); this is what etcd says\n$/,
    );
    const [end = '', ...rest] = stands.out.trimEnd().split('\n');
    assert.ok(end.startsWith(`${subject[0]}created version 1`), end);
    assert.deepEqual(rest, [`${subject[0]}stands: version 1`, `${subject[0]}wanted: version 2`]);
    assert.equal(byName.out, stands.out);

    const { kind, reason, etcd: known } = JSON.parse(asJson.out) as Record<string, unknown>;
    assert.deepEqual([asJson.code, asJson.err, kind], [1, '', 'not known']);
    assert.match(String(reason), /^Temporal at 127\.0\.0\.1:1 can't be reached/);
    const { since, ...facts } = known as { since: unknown };
    assert.ok(since === null || typeof since === 'string');
    assert.deepEqual(facts, {
      version: 1,
      action: 'create',
      outcome: 'created',
      error: null,
      wanted: 2,
      standing: 1,
    });

    const words = [`failed version 3: MX-1: INIT, expected MASTER`, 'stands: nothing', 'wanted: version 3'];
    assert.equal(isFailed.out, words.map((word) => `${subject[1]}${word}\n`).join(''));
    assert.equal(isNever.out, `${subject[2]}there is no record of it\n`);

    for (const { code, out, err } of [both, watched]) {
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /^gateway-saga status: Temporal at 127\.0\.0\.1:1 can't be reached: /m);
    }
  });

  it('tells a server that went away meanwhile from one that refuses', () => {
    const answer = (code: number) => Object.assign(new Error('x'), { code, details: 'x', metadata: {} });
    assert.ok(isTemporalAway(new Error('wrapped', { cause: answer(14) })));
    assert.ok(isTemporalAway(answer(4)));
    assert.ok(!isTemporalAway(answer(7)));
    assert.ok(!isTemporalAway(new StoreUnavailableError('x', answer(14))));
  });
});

describe('gateway-saga status, where Temporal knows of no change', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
  });
  after(() => scene.close());

  const run = async (id: string, options: readonly string[] = [], endpoint = etcd().endpoint) => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: endpoint, ...scene.env });
    const code = await main(['status', 'vpn_gateway', id, ...options], io);
    assertDescribed('change', options, io.out());
    return { code, out: io.out(), err: io.err() };
  };
  const HINT = 'Temporal knows of no change of it; this is what etcd says\n';

  it('says what etcd knows, and ends as for a change that has ended', async () => {
    const { gateway, witness, store } = await monitored(etcd());
    await witness.configure(1);
    await store.publish(created(gateway));
    const subject = `vpn_gateway:${gateway.resourceId}: `;
    for (const options of [[], ['--watch']]) {
      const stands = await run(gateway.resourceId, options);
      assert.deepEqual([stands.code, stands.err], [0, HINT]);
      const [end = '', ...rest] = stands.out.trimEnd().split('\n');
      assert.ok(end.startsWith(`${subject}created version 1`), end);
      assert.deepEqual(rest, [`${subject}stands: version 1`, `${subject}wanted: version 1`]);
    }
    const { code, out, err } = await run(gateway.resourceId, ['--json']);
    const { etcd: known, ...others } = JSON.parse(out) as { etcd: Record<string, unknown> };
    assert.deepEqual([code, err, others], [0, '', { kind: 'not found', workflowId: subject.slice(0, -2) }]);
    assert.deepEqual([known['outcome'], known['version'], known['standing']], ['created', 1, 1]);
  });

  it('ends with 1 where the change has failed, and where nobody has asked for one', async () => {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    await witness.configure(3);
    const subject = `vpn_gateway:${gateway.resourceId}: `;
    const told = (...lines: readonly string[]) => lines.map((line) => `${subject}${line}\n`).join('');
    const stands = ['stands: nothing', 'wanted: version 3'];
    const isAsked = { code: 1, out: told('not asked version 3', ...stands), err: HINT };
    assert.deepEqual(await run(gateway.resourceId), isAsked);
    await witness.put(witness.keys.state, failedState(3, 'MX-1: INIT, expected MASTER'));
    const failed = told('failed version 3: MX-1: INIT, expected MASTER', ...stands);
    assert.deepEqual(await run(gateway.resourceId), { code: 1, out: failed, err: HINT });
  });

  it('says that no change is known where etcd has no record of it, or does not answer', async () => {
    const id = randomUUID();
    const out = `vpn_gateway:${id}: no change is known\n`;
    assert.deepEqual(await run(id), { code: 1, out, err: '' });
    const away = await run(id, [], NOWHERE);
    assert.deepEqual([away.code, away.out], [1, out]);
    assert.match(away.err, /^etcd was not asked for more \(.*127\.0\.0\.1:1.*\)\n$/);
    for (const endpoint of [etcd().endpoint, NOWHERE]) {
      const json = await run(id, ['--json'], endpoint);
      assert.deepEqual(JSON.parse(json.out), { kind: 'not found', workflowId: `vpn_gateway:${id}` });
    }
  });
});
