import assert from 'node:assert/strict';
import { main } from '../../command/run.ts';
import { listed, queueOf, startPair } from '../client/pairs.ts';
import { openScene, type Scene } from '../client/scene.ts';
import { newGateway, useOwnEtcd } from '../etcd/fixture.ts';
import { owedChangeFor, fresh, requestOf } from '../etcd/reservation-fixture.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

describe('gateway-saga queue', () => {
  const etcd = useOwnEtcd();
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  const run = async (...argv: string[]) => {
    const io = fakeIo({
      ETCDCTL_ENDPOINTS: etcd().endpoint,
      ...scene.env,
    });
    const code = await main(['queue', ...argv], io);
    assertDescribed('queue', argv, io.out());
    return { code, out: io.out(), err: io.err() };
  };

  async function newRouter(name: string): Promise<string> {
    const id = fresh('router');
    const record = { body: JSON.stringify({ id, name }), version: 1, marked_for_deletion: false };
    await etcd().raw.put(`/config/v2.0/edge_routers/${id}`).value(JSON.stringify(record));
    return id;
  }

  /** A pair that is at work, with one gateway for each verdict on the routers and one that waits. */
  async function busyPair() {
    const routers = [await newRouter('MX-1'), await newRouter('MX-2')] as const;
    const request = requestOf(routers);
    const { store } = etcd();
    await store.reserve(request);
    await store.issueToken(request, {});
    await store.addOwedChanges({ ...request, token: 1 }, routers[1], [owedChangeFor(newGateway())]);
    await store.beginMaintenance(routers[0], { reason: 'line card', since: '2026-01-01T00:00:00.000Z' });
    const [confirm, revert, none, waits] = ['confirm', 'revert', 'none', 'waits'].map((resourceId) => ({
      gateway: { resourceType: 'vpn_gateway', resourceId, version: 1 },
      name: `${resourceId}_gw`,
    })) as [never, never, never, never];
    const queue = queueOf(routers, {
      reservation: request.reservation,
      phase: 'waiting for verdicts',
      blockedBy: 'an operator\u001b[2J',
      batch: [
        { ...(confirm as object), verdict: 'confirm' },
        { ...(revert as object), verdict: 'revert' },
        { ...(none as object), verdict: null },
      ] as never,
      waiting: [{ ...(waits as object), since: '2026-01-01T00:00:01.000Z' }] as never,
    });
    return { routers, request, queue, end: await startPair(scene, queue) };
  }

  it('says so where no gateway waits', async () => {
    const { code, out, err } = await run();
    assert.deepEqual({ code, out, err }, { code: 0, out: 'no gateway waits, none is in a batch\n', err: '' });
    const { out: json } = await run('--json');
    assert.deepEqual(JSON.parse(json), { pairs: [], routers: [] });
  });

  it('shows of an idle pair what its routers owe, when it looks next, and what is in the way', async () => {
    const routers = [await newRouter('MX-1'), await newRouter('MX-2')] as const;
    const owing = {
      routers: [{ id: routers[0], name: 'MX-1', changes: 2 }],
      nextLook: '2026-01-01T00:01:30.000Z',
      inTheWay: 'MX-1: no\u001b[2J answer',
    };
    const end = await startPair(scene, queueOf(routers, { owing }));
    const { out } = await run(routers.join('+'));
    assert.match(
      out,
      /^ {2}owes {5}MX-1 owes 2, next look at 2026-01-01T00:01:30\.000Z \(MX-1: no \[2J answer\)$/m,
    );
    await end();
  });

  it('shows of a pair its batch, what waits, what blocks it, and what its routers owe', async () => {
    const { routers, request, end } = await busyPair();
    const { code, out, err } = await run(`${routers[1]}+${routers[0]}`);
    assert.equal(code, 0, err);
    const ago = String.raw`\S+ \(\d+(?:\.\d)? s\)`;
    const expected = [
      `MX-1 \\+ MX-2  waiting for verdicts since ${ago}`,
      '  blocked  an operator \\[2J',
      `  router_pair:${routers[0]}\\+${routers[1]}, reservation ${request.reservation}`,
      '  trial    vpn_gateway confirm_gw \\(confirm\\) version 1, to be confirmed',
      '  trial    vpn_gateway revert_gw \\(revert\\) version 1, to be reverted',
      '  trial    vpn_gateway none_gw \\(none\\) version 1, no verdict yet',
      `  waits    vpn_gateway waits_gw \\(waits\\) version 1 since ${ago}`,
      '',
      `MX-1 \\(${routers[0]}\\) maintenance, reserved`,
      `  maintenance: line card \\(since ${ago}\\)`,
      `  reservation ${request.reservation} of router_pair:\\S+ since ${ago}`,
      `MX-2 \\(${routers[1]}\\) reserved, owes 1`,
      `  reservation ${request.reservation} of router_pair:\\S+ since ${ago}`,
      `  owes the revert of vpn_gateway \\S+ version 1 since ${ago}: the router was away`,
      '',
    ];
    assert.match(out, new RegExp(`^${expected.join('\n')}$`));
    await end();
  });

  it('shows all pairs, and routers of which there is something to say though their pair doesn’t run', async () => {
    const { routers, queue, end } = await busyPair();
    const held = await newRouter('MX-9');
    const free = await newRouter('MX-10');
    await etcd().store.reserve(requestOf([free, fresh('router')]));
    await etcd().store.beginMaintenance(held, { reason: 'x', since: '2026-01-01T00:00:00.000Z' });
    await listed(scene, 1);
    const { out } = await run();
    assert.match(out, /^MX-1 \+ MX-2 {2}waiting for verdicts/);
    assert.match(out, /^MX-9 \(\S+\) maintenance$/m);
    assert.match(out, /^MX-10 \(\S+\) reserved$/m);

    const { out: json } = await run('--json');
    const shown = JSON.parse(json) as {
      pairs: { queue: unknown }[];
      routers: { id: string; name: string | null }[];
    };
    assert.deepEqual(shown.pairs[0]?.queue, queue);
    const ids = shown.routers.map(({ id }) => id);
    assert.deepEqual(
      [...new Set(shown.routers.map(({ name }) => name ?? ''))].filter((name) => name !== ''),
      ['MX-1', 'MX-2', 'MX-9', 'MX-10'],
    );
    for (const id of [...routers, held, free]) assert(ids.includes(id));
    await end();
    await listed(scene, 0);
  });

  it('shows the routers of a pair that doesn’t run, and of one whose workers don’t answer', async () => {
    const [one, other] = [await newRouter('MX-1'), await newRouter('MX-2')];
    const { code, out } = await run(`router_pair:${one}+${other}`);
    assert.equal(code, 0);
    assert.equal(
      out,
      `MX-1 + MX-2: no gateway waits, none is in a batch\n\nMX-1 (${one}) free\nMX-2 (${other}) free\n`,
    );
    await scene.stopWorker();
    const end = await startPair(scene, queueOf([one, other]));
    assert.match((await run(`${one}+${other}`)).out, /^router_pair:\S+ {2}no worker answers\n/);
    await end();
    await scene.startWorker();
  });

  it('names the routers of a pair in the order of their names, whichever ids they have', async () => {
    const [other, one] = [await newRouter('MX-10'), await newRouter('MX-9')];
    assert.match((await run(`${other}+${one}`)).out, /^MX-9 \+ MX-10: no gateway waits/);
    const end = await startPair(scene, queueOf([other, one]));
    assert.match((await run(`${one}+${other}`)).out, /^MX-9 \+ MX-10 {2}idle since /);
    await end();
    await listed(scene, 0);
  });

  it('shows what is wrong with a record that can’t be read, and all others', async () => {
    const [one, other] = [await newRouter('MX-1'), await newRouter('MX-2')];
    const key = `/gateway-saga/routers/${other}`;
    await etcd().raw.put(key).value('{"reservation":null,"maintenance":{"reason":5,"since":""}}');
    await etcd().store.beginMaintenance(one, { reason: 'line card', since: '2026-01-01T00:00:00.000Z' });
    const unreadable = `The record at ${key} can't be read: field "maintenance.reason": expected a string, got 5`;
    for (const argv of [[`${one}+${other}`], []]) {
      const { code, out, err } = await run(...argv);
      assert.equal(code, 0, err);
      assert.match(out, new RegExp(`^MX-1 \\(${one}\\) maintenance$`, 'm'));
      assert.ok(out.includes(`MX-2 (${other}) unreadable\n  ${unreadable}\n`), out);
    }
    const { out } = await run(`${one}+${other}`, '--json');
    const { routers } = JSON.parse(out) as { routers: { id: string; unreadable?: string }[] };
    assert.deepEqual(
      routers.filter((router) => router.unreadable === unreadable).map(({ id }) => id),
      [other],
    );
    await etcd().raw.delete().key(key);
  });

  it('takes routers by their names, and one of them for all its pairs', async () => {
    const [one, other, third] = [await newRouter('ER-a'), await newRouter('ER-b'), await newRouter('ER-c')];
    const ends = [
      await startPair(scene, queueOf([one, other])),
      await startPair(scene, queueOf([one, third])),
      await startPair(scene, queueOf([other, third])),
    ];
    await listed(scene, 3);
    const shownBy = async (text: string) => {
      const { out, err } = await run(text);
      const lines = out.split('\n').filter((line) => / \+ /.test(line));
      // Without the seconds since then, which go on.
      return err === '' ? lines.map((line) => line.replace(/ \(\d+ s\)$/, '')) : [err];
    };
    const [ab, ac] = [/^ER-a \+ ER-b /, /^ER-a \+ ER-c /];
    const both = await shownBy('ER-b+ER-a');
    assert.equal(both.length, 1);
    assert.match(both[0] ?? '', ab);
    const all = (await shownBy('ER-a')).toSorted();
    assert.equal(all.length, 2);
    assert.match(all[0] ?? '', ab);
    assert.match(all[1] ?? '', ac);
    assert.deepEqual((await shownBy(one)).toSorted(), all);
    assert.match(String(await shownBy('ER-a+ER-d')), /"ER-d": .* did you mean ER-a \(.*\), ER-b .*, ER-c /);
    for (const end of ends) await end();
    await listed(scene, 0);
  }).timeout(60_000);

  it('refuses a router that there is no record of', async () => {
    const one = await newRouter('MX-1');
    assert.deepEqual(await run(`${one}+znowhere`), {
      code: 1,
      out: '',
      err: 'gateway-saga queue: edge router "znowhere": there is no such id and no such name\n',
    });
  });

  for (const [argv, message] of [
    [['a+b+c'], 'pair: expected edge routers as A+B or A, or router_pair:A+B, got "a+b+c"'],
    [['a+a'], 'pair: expected two different edge routers, got "a+a"'],
    [['a+b', 'c'], 'expected [PAIR], got "a+b" "c"'],
    [['--wide'], 'expected --json, --temporal-address, --temporal-namespace, --etcd, --help, got --wide'],
  ] as const)
    it(`does not understand: queue ${argv.join(' ')}`, async () => {
      const { code, err } = await run(...argv);
      assert.equal(code, 2);
      assert.equal(err.split('\n')[0], `gateway-saga queue: ${message}`);
    });
});
