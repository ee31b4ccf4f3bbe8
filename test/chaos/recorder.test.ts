import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { EtcdClient } from '../../etcd/client.ts';
import { useCluster } from '../etcd/cluster-fixture.ts';
import { moveLeader, untilLed } from '../world/etcd-cluster.ts';
import { MemberWatch } from './processes/member-watch.ts';
import { Recorder } from './processes/recorder.ts';

describe('the recorder of three members of etcd', function () {
  this.timeout(60_000);
  const etcd = useCluster();
  let recorder: Recorder;
  let client: EtcdClient;
  before(async () => {
    const { endpoints } = etcd();
    client = new EtcdClient({ endpoints, deadlineMs: 500 });
    recorder = await Recorder.open(endpoints);
  });
  after(async () => {
    await recorder.close();
    client.close();
  });

  /** One member after the other is killed or frozen, and the leader changes. */
  async function disturb(): Promise<void> {
    const { members, children } = etcd();
    for (const [index, member] of members.entries()) {
      await moveLeader(members);
      children[index]?.signal('SIGKILL');
      await children[index]?.exited;
      await sleep(200);
      children[index] = await member.start();
      await untilLed(members);
      children[(index + 1) % 3]?.signal('SIGSTOP');
      await sleep(300);
      children[(index + 1) % 3]?.signal('SIGCONT');
    }
  }

  it('has every revision once and whole, whichever member is killed, is frozen or leads', async () => {
    const first = recorder.revision;
    const over = new AbortController();
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        const put = ['a', 'b'].map((half) => ({ key: `/test/${writer}/${n}/${half}`, value: n }));
        await client.write('test', { unchanged: [], put });
        await sleep(5);
      }
    };
    const writing = Promise.all([1, 2, 3, 4].map(write));
    await disturb();
    over.abort();
    await writing;
    await recorder.catchUp();

    const entries = await client.readPrefix('test', '/test/');
    const { revision } = await client.readNow('test', ['/']);
    const stands = entries.map(({ key, modRevision }) => `${modRevision} ${key}`).sort();
    assert.deepEqual(recorder.writes.map((write) => `${write.revision} ${write.key}`).sort(), stands);
    const revisions = [...new Set(recorder.writes.map((write) => write.revision))];
    assert.deepEqual(
      revisions,
      Array.from({ length: Number(revision) - first }, (_, index) => first + 1 + index),
    );
    assert.ok(revisions.length > 100, `${revisions.length} revisions`);
  });

  it('catches up with more than gRPC takes at once by default', async () => {
    const [endpoint = ''] = etcd().endpoints;
    const value = 'x'.repeat(1024 * 1024);
    const keys = Array.from({ length: 6 }, (_, index) => `/large/${index}`);
    const patient = new EtcdClient({ endpoints: [endpoint] });
    const { revision } = await patient.readNow('test', ['/']);
    for (const key of keys) {
      const { kind } = await patient.write('test', { unchanged: [], put: [{ key, value }] });
      assert.equal(kind, 'applied');
    }
    patient.close();
    const seen: string[] = [];
    const watch = new MemberWatch(
      endpoint,
      () => Number(revision) + 1,
      (events) => {
        seen.push(...events.map(({ kv }) => kv.key.toString()));
        return true;
      },
    );
    try {
      for (let tries = 0; seen.length < keys.length && tries < 100; tries += 1) await sleep(100);
    } finally {
      await watch.close();
    }
    assert.deepEqual(seen.toSorted(), keys);
  });
});
