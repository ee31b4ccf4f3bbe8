/** The simulation relies on its own etcd. So the same calls, to it and to a real etcd, must get the same answers. */
import assert from 'node:assert/strict';
import { EtcdClient } from '../../etcd/client.ts';
import type { Entry, Transaction } from '../../etcd/client.ts';
import { createVirtualClock } from '../simulator/device/virtual-clock.ts';
import { useOwnEtcd } from '../etcd/fixture.ts';
import { Etcd } from './etcd.ts';
import { fairWeather, etcdCalls } from './etcd-calls.ts';
import { Link } from './link.ts';
import { Points } from './points.ts';
import { Process } from './process.ts';
import { Steps } from './steps.ts';
import { randomOf } from '../chaos/random.ts';

const KEYS = ['/a/1', '/a/2', '/a/3', '/b/1', '/b/2'] as const;
const STEPS = 300;

describe('etcd in memory', () => {
  const real = useOwnEtcd();

  function simulated() {
    const clock = createVirtualClock();
    const link = () => new Link(clock, randomOf(1), [0, 0]);
    const process = new Process('test');
    const etcd = new Etcd(clock);
    const calls = etcdCalls({
      etcd,
      weather: fairWeather(),
      clock,
      points: new Points(),
      steps: new Steps(),
      process,
      out: link(),
      back: link(),
      tell: () => undefined,
    });
    const client = new EtcdClient({ endpoints: ['simulated'] }, calls);
    /** An answer comes when time moves. */
    const during = async <T>(work: Promise<T>): Promise<T> => {
      await clock.advance(1);
      return work;
    };
    return { client, clock, during, etcd };
  }

  /** Values as text; of a lease only whether there is one, as its number is arbitrary. */
  const shown = ({ key, value, modRevision, lease }: Entry) => [
    key,
    value?.toString(),
    modRevision,
    lease !== '0',
  ];

  it('answers every request as the real one, revision by revision', async () => {
    const theirs = new EtcdClient({ endpoints: [real().endpoint] });
    const { client: ours, during } = simulated();
    const random = randomOf('etcd');
    let known: readonly Entry[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const some = KEYS.filter(() => random.chance(0.5));
      const kind = random.whole(1, 10);
      if (kind <= 2) {
        const at = String(
          random.whole(0, step === 0 ? 0 : 1) === 0
            ? 0
            : Math.max(1, Number((await theirs.readNow('r', ['/a'])).revision) - 3),
        );
        const [one, other] = [await theirs.read('read', some, at), await during(ours.read('read', some, at))];
        assert.deepEqual(other.map(shown), one.map(shown), `read ${some.join(' ')} at ${at}`);
        if (at === '0') known = one;
      } else if (kind === 3) {
        const [one, other] = [
          await theirs.readPrefix('read', '/a/'),
          await during(ours.readPrefix('read', '/a/')),
        ];
        assert.deepEqual(other.map(shown), one.map(shown));
      } else if (kind === 4) {
        const key = random.pick(KEYS);
        const [one, other] = [await theirs.readNow('read', [key]), await during(ours.readNow('read', [key]))];
        assert.deepEqual([other.revision, other.entries.map(shown)], [one.revision, one.entries.map(shown)]);
      } else {
        const transaction: Transaction = {
          unchanged: known.filter(() => random.chance(0.6)),
          put: some.slice(1).map((key) => ({ key, value: step })),
          remove: some.slice(0, 1),
        };
        const [one, other] = [
          await theirs.write('write', transaction),
          await during(ours.write('write', transaction)),
        ];
        assert.deepEqual(other, one, `step ${step}`);
      }
    }
    theirs.close();
  });

  it('refuses the same as the real one: too many operations, or too many octets', async () => {
    const theirs = new EtcdClient({ endpoints: [real().endpoint] });
    const { client: ours, during } = simulated();
    const puts = (count: number, octets: number): Transaction => ({
      unchanged: [],
      put: Array.from({ length: count }, (_, index) => ({ key: `/c/${index}`, value: 'x'.repeat(octets) })),
    });
    const compared = (count: number): Transaction => {
      const missing = { value: undefined, modRevision: '0', lease: '0' };
      const unchanged = Array.from({ length: count }, (_, index) => ({ key: `/d/${index}`, ...missing }));
      return { unchanged, put: [{ key: '/d', value: 1 }] };
    };
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `/d/${index}`);
    const retained: Transaction = { unchanged: [], put: [], retain: [{ key: '/e', lease: '0' }] };
    const outcome = async (work: Promise<object>): Promise<string> => {
      const found = await work.catch((error: unknown) => ({ cause: error }));
      return 'cause' in found ? String(found.cause).replaceAll(/\d{5,}/g, 'N') : 'done';
    };
    const cases: readonly (readonly [string, (client: EtcdClient) => Promise<object>, RegExp])[] = [
      ['128 puts', (client) => client.write('write', puts(128, 1)), /^done$/],
      ['129 puts', (client) => client.write('write', puts(129, 1)), /too many operations/],
      ['128 comparisons', (client) => client.write('write', compared(128)), /^done$/],
      ['129 comparisons', (client) => client.write('write', compared(129)), /too many operations/],
      ['128 reads', (client) => client.read('read', keys(128)), /^done$/],
      ['129 reads, in two requests', (client) => client.read('read', keys(129)), /^done$/],
      ['a lease for a key that is not there', (client) => client.write('write', retained), /key not found/],
      ['1.4 MiB', (client) => client.write('write', puts(14, 104_857)), /^done$/],
      ['1.6 MiB', (client) => client.write('write', puts(16, 104_857)), /request is too large/],
      ['2.1 MiB', (client) => client.write('write', puts(21, 104_857)), /larger than max/],
    ];
    for (const [words, call, expected] of cases) {
      const [one, other] = [await outcome(call(theirs)), await during(outcome(call(ours)))];
      assert.match(one, expected, words);
      assert.equal(other, one, words);
    }
    theirs.close();
  });

  it('removes the keys of a lease when its time is over, and nothing else', async () => {
    const { client, clock, during, etcd } = simulated();
    const lease = await during(client.grantLease('grant', 10));
    const put = ['/with', '/without'].map((key) => ({ key, value: 1 }));
    assert.deepEqual(await during(client.write('write', { unchanged: [], put })), {
      kind: 'applied',
      revision: '2',
    });
    const retain = [{ key: '/with', lease }];
    assert.deepEqual(await during(client.write('write', { unchanged: [], put: [], retain })), {
      kind: 'applied',
      revision: '3',
    });
    await clock.advance(9_000);
    assert.equal(etcd.value('/with'), '1');
    await clock.advance(2_000);
    assert.deepEqual([etcd.value('/with'), etcd.value('/without')], [undefined, '1']);
    assert.deepEqual(etcd.writes.at(-1)?.value, null);
  });
});
