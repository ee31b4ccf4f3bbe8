import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { main } from '../../command/run.ts';
import { newGateway, useEtcd } from '../etcd/fixture.ts';
import { SINCE, owedChangeFor, fresh, newMembers, requestOf } from '../etcd/reservation-fixture.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

describe('gateway-saga routers', () => {
  const etcd = useEtcd();

  const run = async (...argv: string[]) => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: etcd().endpoint, GATEWAY_SAGA_AS: 'alice@jump' });
    const code = await main(['routers', ...argv], io);
    assertDescribed('routers', argv, io.out());
    return { code, out: io.out(), err: io.err() };
  };

  /** An edge router that is known to etcd. */
  async function newRouter(name = 'MX-1'): Promise<string> {
    const id = fresh('router');
    const body = JSON.stringify({ id, name, password: 'secret-1' });
    const record = { body, version: 1, marked_for_deletion: false };
    await etcd().raw.put(`/config/v2.0/edge_routers/${id}`).value(JSON.stringify(record));
    return id;
  }

  /** A reserved pair; one of its routers owes a change. */
  async function busyPair() {
    const routers = [await newRouter(), await newRouter('MX-2')] as const;
    const request = requestOf(routers);
    const { store } = etcd();
    await store.reserve(request);
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const members = newMembers(2);
    await store.permitCommit(fence, routers, members, SINCE);
    const owedChange = owedChangeFor(newGateway());
    await store.addOwedChanges(fence, routers[0], [owedChange]);
    return { routers, request, owedChange };
  }

  it('shows a router without a name by its id, and a huge name as far as a line takes it', async () => {
    const nameless = await newRouter('');
    const { out } = await run('release', nameless);
    assert.match(out, new RegExp(`^${nameless} free$`, 'm'));
    const huge = await newRouter('x'.repeat(10_000));
    const { out: line } = await run('release', huge);
    assert.match(line, new RegExp(`^x{30,}…[0-9a-f]{8} \\(${huge}\\) free$`, 'm'));
  });

  it('hold keeps a router from being used, and release ends it', async () => {
    const id = await newRouter();
    const held = await run('hold', id, '--reason', 'new line card');
    assert.equal(held.code, 0, held.err);
    assert.match(
      held.out,
      new RegExp(
        `^held for maintenance; no batch is on it\nMX-1 \\(${id}\\) maintenance\n  maintenance: new line card \\(alice@jump, since \\S+ \\(\\d+\\.\\d s\\)\\)\n$`,
      ),
    );
    const outcome = await etcd().store.reserve(requestOf([id, fresh('router')]));
    assert(outcome.kind === 'maintenance');
    assert.equal(outcome.maintenance.reason, 'new line card');

    const released = await run('release', id, '--as', 'bob');
    assert.deepEqual([released.code, released.err], [0, '']);
    assert.match(
      released.out,
      new RegExp(
        `^released; it was held for maintenance: new line card\nMX-1 \\(${id}\\) free\n  released by bob at \\S+ \\(0\\.\\d s\\)\n$`,
      ),
    );
    assert.equal((await etcd().store.router(id)).maintenance, null);
    assert.match((await run('release', id)).out, /^it was not held for maintenance\n/);
  });

  it('hold says what is settled first', async () => {
    const { routers, request, owedChange } = await busyPair();
    const { out } = await run('hold', routers[0], '--reason', 'x');
    assert.match(
      out,
      /^held for maintenance; its batch is settled first: wait until "routers list" no longer shows a reservation\n/,
    );
    assert.match(out, new RegExp(`\nMX-1 \\(${routers[0]}\\) maintenance, reserved, owes 1\n`));
    assert.match(
      out,
      new RegExp(
        `\n  reservation ${request.reservation} of router_pair:\\S+ since .*, 2 gateways may be on it\n`,
      ),
    );
    assert.match(
      out,
      new RegExp(
        `\n  owes the revert of vpn_gateway ${owedChange.gateway.resourceId} version 1 since .*: the router was away\n$`,
      ),
    );
    assert.equal((await etcd().store.router(routers[0])).reservation?.id, request.reservation);
  });

  it('list shows what is known of all, in both forms', async () => {
    const { routers, request, owedChange } = await busyPair();
    const { out } = await run('list');
    assert.match(out, new RegExp(`^MX-1 \\(${routers[0]}\\) reserved, owes 1$`, 'm'));
    assert.match(out, new RegExp(`^MX-2 \\(${routers[1]}\\) reserved$`, 'm'));
    const { out: json } = await run('list', '--json');
    const all = JSON.parse(json) as {
      id: string;
      name: string;
      reservation: { id: string };
      owedChanges: unknown[];
    }[];
    const found = all.find(({ id }) => id === routers[0]);
    assert.deepEqual([found?.name, found?.reservation.id], ['MX-1', request.reservation]);
    const { change: _, ...shown } = owedChange;
    assert.deepEqual(found?.owedChanges, [{ ...shown, name: null }]);
    assert(!`${out}${json}`.includes('secret-1'));
  });

  it('takes the name of a router that no other has, and of two that have it tells the ids', async () => {
    const name = fresh('er.fra');
    const id = await newRouter(name);
    assert.match(
      (await run('hold', name, '--reason', 'x')).out,
      new RegExp(`^${name} \\(${id}\\) maintenance$`, 'm'),
    );
    assert.equal((await etcd().store.router(id)).maintenance?.reason, 'x');
    const typed = await run('release', `${name}x`);
    assert.deepEqual(typed, {
      code: 1,
      out: '',
      err: `gateway-saga routers: edge router "${name}x": there is no such id and no such name; did you mean ${name} (${id})?\n`,
    });
    const other = await newRouter(name);
    assert.deepEqual(await run('release', name), {
      code: 1,
      out: '',
      err: `gateway-saga routers: edge router "${name}": 2 have this name, so give one's id: ${[id, other].sort().join(', ')}\n`,
    });
    assert.equal((await run('release', id)).code, 0);
  });

  it('gives one JSON document of the router that was held', async () => {
    const id = await newRouter();
    const { out } = await run('hold', id, '--reason', 'x', '--json');
    const { maintenance, ...rest } = JSON.parse(out) as { maintenance: { reason: string } };
    assert.equal(maintenance.reason, 'x');
    assert.deepEqual(rest, { id, name: 'MX-1', reservation: null, owedChanges: [] });
  });

  it('shows a reason in one line, whatever is in it', async () => {
    const id = await newRouter();
    const { out } = await run('hold', id, '--reason', ' a\u001b[31m\nb ');
    assert.match(out, /: a \[31m b \(alice@jump, /);
  });

  it('refuses a hold without a reason, and changes nothing', async () => {
    const id = await newRouter();
    for (const [argv, got] of [
      [[], 'none'],
      [['--reason', ''], '""'],
      [['--reason', ' \n '], '" \\n "'],
    ] as const) {
      const { code, err } = await run('hold', id, ...argv);
      assert.equal(code, 2);
      assert.equal(
        err,
        `gateway-saga routers: --reason: expected a reason for the hold, got ${got}\ngateway-saga routers --help shows how it is used.\n`,
      );
    }
    assert.equal((await run('hold', id, '--reason', 'x'.repeat(201))).code, 2);
    assert.equal((await etcd().store.router(id)).maintenance, null);
  });

  it('refuses a router that there is no record of', async () => {
    for (const argv of [
      ['hold', 'nowhere', '--reason', 'x'],
      ['release', 'nowhere'],
    ]) {
      assert.deepEqual(await run(...argv), {
        code: 1,
        out: '',
        err: 'gateway-saga routers: edge router "nowhere": there is no such id and no such name\n',
      });
    }
    assert.equal((await etcd().store.routers()).has('nowhere'), false);
  });

  it('releases a router whose record has gone meanwhile', async () => {
    const id = await newRouter();
    await run('hold', id, '--reason', 'x');
    await etcd().raw.delete().key(`/config/v2.0/edge_routers/${id}`);
    const { code, out, err } = await run('release', id);
    assert.deepEqual([code, err], [0, '']);
    assert.ok(out.startsWith(`released; it was held for maintenance: x\n${id} free\n`), out);
  });

  it('retire drops what a held router owes, and says who did it; readmit ends that', async () => {
    const { routers, request, owedChange } = await busyPair();
    const [id] = routers;
    const { resourceId } = owedChange.gateway;
    const retire = () => run('retire', id, '--reason', 'burnt');
    assert.deepEqual(await retire(), {
      code: 1,
      out: '',
      err: `gateway-saga routers: it is not held for maintenance: gateway-saga routers hold ${id} --reason TEXT\n`,
    });
    await run('hold', id, '--reason', 'it smokes');
    assert.match(
      (await retire()).err,
      /^gateway-saga routers: MX-1 \+ MX-2 \(router_pair:\S+\) has reserved it: wait until /,
    );
    await etcd().store.endReservation(request);
    const { code, out, err } = await retire();
    assert.equal(code, 0, err);
    const [said, head, by, dropped] = out.split('\n');
    assert.equal(said, 'retired; dropped what it owed of 1 gateway');
    assert.equal(head, `MX-1 (${id}) retired, maintenance`);
    assert.match(by ?? '', /^ {2}retired by alice@jump since \S+ \(\d+\.\d s\): burnt$/);
    assert.equal(dropped, `  dropped what it owed of vpn_gateway ${resourceId} version 1`);
    const listed = JSON.parse((await run('list', '--json')).out) as {
      readonly id: string;
      readonly retired?: { readonly dropped: unknown };
    }[];
    assert.deepEqual(listed.find((one) => one.id === id)?.retired?.dropped, [owedChange.gateway]);

    await run('release', id);
    const readmitted = await run('readmit', id);
    assert.ok(
      readmitted.out.startsWith(
        `readmitted; it was retired: burnt; it may still carry what it owed of these gateways:\n  vpn_gateway ${resourceId} version 1\nMX-1 (${id}) free\n  readmitted by alice@jump at `,
      ),
      readmitted.out,
    );
    assert.match((await run('readmit', id)).out, /^it was not retired\n/);

    const since = new Date().toISOString();
    const many = { reason: 'burnt', by: 'alice@jump', since, dropped: [owedChange.gateway], more: 3 };
    await etcd()
      .raw.put(KEYS.router(id))
      .value(JSON.stringify({ retired: many }));
    assert.ok((await run('list')).out.includes('version 1\n  dropped what it owed of 3 more\n'));
    assert.ok((await run('readmit', id)).out.includes('version 1\n  and 3 more\n'));
  });

  for (const [argv, message] of [
    [[], 'expected ACTION [ID], got no argument'],
    [['keep'], 'expected hold, release, retire, readmit, list or check, got "keep"'],
    [['list', 'a'], 'list: expected no ID, got "a"'],
    [['list', '--reason', 'x'], '--reason: expected with hold and retire only, got it with list'],
    [['release', 'a', '--reason', 'x'], '--reason: expected with hold and retire only, got it with release'],
    [['list', '--as', 'x'], '--as: expected with what is done to a router, got it with list'],
    [['release', 'a', '--as', ' '], '--as: expected a name of 1 to 80 characters, got " "'],
    [['hold', '--reason', 'x'], 'hold: expected the ID of an edge router, got none'],
    [['hold', 'a/b', '--reason', 'x'], 'hold: expected the ID of an edge router, got "a/b"'],
    [['readmit', 'a', '--reason', 'x'], '--reason: expected with hold and retire only, got it with readmit'],
    [['retire', 'a'], '--reason: expected a reason for the retirement, got none'],
    [['hold', 'a', 'b'], 'expected ACTION [ID], got "hold" "a" "b"'],
  ] as const)
    it(`does not understand: routers ${argv.join(' ')}`, async () => {
      const { code, err } = await run(...argv);
      assert.equal(code, 2);
      assert.equal(err.split('\n')[0], `gateway-saga routers: ${message}`);
    });
});
