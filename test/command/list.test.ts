import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { Row } from '../../command/list-rows.ts';
import { main } from '../../command/run.ts';
import { failedState } from '../../gateway/records.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { loadKinds } from '../../templates/load.ts';
import { endedUnderLostKey } from '../client/lost-key.ts';
import { failed, openScene, type Scene } from '../client/scene.ts';
import { created, monitored } from '../etcd/publication.ts';
import { newGateway, useOwnEtcd, Witness } from '../etcd/fixture.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

describe('gateway-saga list', function () {
  this.timeout(60_000);
  const etcd = useOwnEtcd();
  let scene: Scene;
  /** By name. */
  const gateways = new Map<string, GatewayVersion>();

  before(async function () {
    this.timeout(90_000);
    scene = await openScene('with attributes');
    await scene.startWorker();
    for (const id of ['1', '2'])
      await etcd()
        .raw.put(`/config/v2.0/edge_routers/router-${id}`)
        .value(JSON.stringify({ version: 1, body: { id: `router-${id}`, name: `MX-${id}` } }));
    await newNamed('zulu', async (gateway, witness) => {
      await witness.put(witness.keys.state, failedState(1, 'MX-1: INIT, expected MASTER'));
      await ended(gateway, 'NotConverged', 'MX-1: INIT, expected MASTER');
    });
    await newNamed('papa', async (_, witness) => {
      await witness.put(witness.keys.state, failedState(1, 'cancelled'));
    });
    await newNamed('mike', async (gateway) => {
      await scene.client.create(gateway);
    });
    await newNamed('echo', async () => {});
    await newNamed('delta', async (_, witness) => {
      await witness.put(witness.keys.state, failedState(2, 'no', 'update'));
      await witness.configure(3, true, { name: 'delta' });
    });
    const { gateway, witness, store } = await monitored(etcd());
    await witness.configure(1, false, { name: 'alpha' });
    await store.publish(created(gateway));
    gateways.set('alpha', gateway);
  });
  after(() => scene.close());

  async function newNamed(
    name: string,
    prepare: (gateway: GatewayVersion, witness: Witness) => Promise<void>,
  ): Promise<void> {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    await witness.configure(1, false, { name });
    gateways.set(name, gateway);
    await prepare(gateway, witness);
  }

  async function ended(gateway: GatewayVersion, type: 'NotConverged', message: string): Promise<void> {
    const run = await scene.client.apply(gateway);
    await scene.end(gateway, failed({ type, gateway, message, compensation: [] }));
    await run.result();
  }

  const run = async (argv: readonly string[], columns?: number) => {
    const io = fakeIo(
      {
        ETCDCTL_ENDPOINTS: etcd().endpoint,
        ...scene.env,
      },
      columns === undefined ? {} : { columns },
    );
    const code = await main(['list', ...argv], io);
    assertDescribed('list', argv, io.out());
    assert.equal(io.err(), '');
    assert.equal(code, 0);
    return io.out();
  };
  const rows = async (...argv: string[]) => JSON.parse(await run([...argv, '--json'])) as Row[];
  const names = async (...argv: string[]) => (await rows(...argv)).map(({ name }) => name);

  it('shows each gateway by its name: version, action, outcome, type of failure, time', async () => {
    // Temporal's list lags behind by a moment.
    while (!(await names('--running')).includes('mike')) await setTimeout(50);
    const lines = (await run([]))
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    assert.deepEqual(
      lines.slice(0, -1).map((cells) => cells.slice(0, 6)),
      [
        ['KIND', 'NAME', 'VER', 'ACTION', 'OUTCOME', 'FAILURE'],
        ['vpn_gateway', 'alpha', '1', 'create', 'created', '-'],
        ['vpn_gateway', 'delta', '2', 'update', 'failed', '-'],
        ['vpn_gateway', 'echo', '1', 'create', 'not asked', '-'],
        ['vpn_gateway', 'mike', '1', 'create', 'running', '-'],
        ['vpn_gateway', 'papa', '1', 'create', 'cancelled', '-'],
      ],
    );
    assert.match(lines.at(-1)?.join(' ') ?? '', /^vpn_gateway zulu 1 create failed NotConverged \d+s$/);
  });

  it('tells programs ids, the wanted version, routers and reasons, too', async () => {
    const found = await rows();
    const delta = found.find(({ name }) => name === 'delta');
    assert.deepEqual(
      [delta?.version, delta?.wanted, delta?.action, delta?.error, delta?.failureType],
      [2, 3, 'update', 'no', null],
    );
    const alpha = found.find(({ name }) => name === 'alpha');
    assert.equal(alpha?.id, gateways.get('alpha')?.resourceId);
    assert.deepEqual(alpha?.routers, ['router-1', 'router-2']);
    const zulu = found.find(({ name }) => name === 'zulu');
    assert.ok(Date.parse(zulu?.since ?? '') > Date.now() - 120_000);
  });

  it('lists only what failed, what runs, or either', async () => {
    assert.deepEqual(await names('--failed'), ['delta', 'papa', 'zulu']);
    assert.deepEqual(await names('--running'), ['mike']);
    assert.deepEqual(await names('--failed', '--running'), ['delta', 'mike', 'papa', 'zulu']);
  });

  it('lists only what began or ended within a time: of a failed creation only Temporal knows it', async () => {
    while (!(await names('--failed', '--since', '1h')).includes('zulu')) await setTimeout(50);
    assert.deepEqual(await names('--since', '1h'), ['mike', 'zulu']);
    assert.deepEqual(await names('--since', '0s'), []);
    assert.equal(await run(['--since', '0s']), 'no gateway\n');
  });

  it('lists only one kind, or what is on named routers, by id or name', async () => {
    assert.deepEqual(await names('--type', 'internet_gateway'), []);
    for (const pair of ['router-1', 'MX-2', 'MX-2+MX-1', 'router-1+MX-2'])
      assert.deepEqual(await names('--pair', pair), ['alpha'], pair);
  });

  it('has the whole reason with --wide', async () => {
    const wide = await run(['--failed', '--wide'], 80);
    assert.match(wide, /zulu .* MX-1: INIT, expected MASTER$/m);
    assert.match(await run(['--wide']), /alpha .* MX-1\+MX-2 {2}-$/m);
  });

  it('says what it expected', async () => {
    const misuse: [argv: string[], message: string][] = [
      [['--since', 'yesterday'], '--since: expected a time like 90s, 30m, 12h or 7d, got "yesterday"'],
      [['--pair', 'a+b+c'], '--pair: expected two routers as A+B, or one, got "a+b+c"'],
      [
        ['--type', 'vpn_gatway'],
        `--type: expected one of ${[...(await loadKinds()).keys()].sort().join(', ')}, got "vpn_gatway"; did you mean vpn_gateway?`,
      ],
      [['--pair', 'MX-9'], '--pair: expected routers of listed gateways (MX-1, MX-2), got "MX-9"'],
    ];
    const env = {
      ETCDCTL_ENDPOINTS: etcd().endpoint,
      ...scene.env,
    };
    for (const [argv, message] of misuse) {
      const io = fakeIo(env);
      assert.equal(await main(['list', ...argv], io), 2);
      assert.equal(io.err().split('\n')[0], `gateway-saga list: ${message}`);
    }
  });

  it('reads many of them page by page, each once and in order', async () => {
    const ids = Array.from({ length: 900 }, (_, index) => `many-${String(index).padStart(5, '0')}`);
    for (let from = 0; from < ids.length; from += 100)
      await Promise.all(
        ids.slice(from, from + 100).map(async (id, index) => {
          const value = JSON.stringify({ version: 1, body: { id, name: id } });
          await etcd().raw.put(`/config/v2.0/aws_gateways/${id}`).value(value);
          // Every third has an outcome,.
          if (index % 3 > 0) return;
          await etcd()
            .raw.put(`/state/v2.0/aws_gateways/${id}`)
            .value(JSON.stringify({ version: 1, error: '', state: { worker_state: 'READ_COMPLETE' } }));
        }),
      );
    const listed: string[] = [];
    for await (const { resourceId, state } of etcd().store.gateways('aws_gateway'))
      listed.push(`${resourceId}${state === null ? '' : ' ended'}`);
    assert.deepEqual(
      listed,
      ids.map((id, index) => `${id}${(index % 100) % 3 > 0 ? '' : ' ended'}`),
    );
  });

  it('lists what Temporal has encrypted with a key that is gone as far as etcd knows it', async () => {
    await newNamed('yankee', async (gateway, witness) => {
      await witness.put(witness.keys.state, failedState(1, 'MX-1: refused'));
      await endedUnderLostKey(scene.temporal, gateway);
    });
    const io = fakeIo({ ETCDCTL_ENDPOINTS: etcd().endpoint, ...scene.env });
    assert.equal(await main(['list', '--failed', '--json'], io), 0);
    const found = JSON.parse(io.out()) as Row[];
    const of = (called: string) => found.find(({ name }) => name === called);
    assert.deepEqual([of('yankee')?.outcome, of('yankee')?.failureType], ['failed', null]);
    assert.equal(of('zulu')?.failureType, 'NotConverged');
    assert.match(
      io.err(),
      /^1 of them without type of failure and time: .* the key "lost", which is not among /,
    );
  });

  it('lists what etcd knows while Temporal does not answer, but nothing that only Temporal knows', async () => {
    const away = async (...argv: readonly string[]) => {
      const io = fakeIo({ ETCDCTL_ENDPOINTS: etcd().endpoint, TEMPORAL_ADDRESS: '127.0.0.1:1' });
      return { code: await main(['list', ...argv], io), out: io.out(), err: io.err() };
    };
    const [all, failedOnly, ...refused] = await Promise.all([
      away(),
      away('--failed'),
      ...['--running', '--since=1h', '--json'].map((option) => away(option)),
    ]);
    const names = ({ out }: { readonly out: string }) =>
      out.split('\n').flatMap((line) => /^vpn_gateway +(\w+)/.exec(line)?.[1] ?? []);
    for (const { code, err } of [all, failedOnly]) {
      assert.equal(code, 1);
      assert.match(
        err,
        /^what runs is not known \(Temporal at 127\.0\.0\.1:1 can't be reached: .*\); this is what etcd says\n$/,
      );
    }
    const known = [...gateways.keys()].sort();
    assert.deepEqual(names(all).sort(), known);
    assert.match(all.out, /^vpn_gateway +alpha +1 +create +created/m);
    assert.deepEqual(
      names(failedOnly).sort(),
      known.filter((name) => !['alpha', 'echo', 'mike'].includes(name)),
    );
    for (const { code, out, err } of refused) {
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /^gateway-saga list: Temporal at 127\.0\.0\.1:1 can't be reached/);
    }
  });
});
