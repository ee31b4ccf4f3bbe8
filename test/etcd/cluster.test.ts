import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { useCluster } from './cluster-fixture.ts';
import { newGateway, requestFor, Witness } from './fixture.ts';
import { isolate, leaderOf, moveLeader, untilLed } from '../world/etcd-cluster.ts';
import type { EtcdMember } from '../world/etcd-cluster.ts';

const DEADLINE_MS = 1_000;
const MANY = 20;

describe('three members of etcd', function () {
  this.timeout(60_000);
  const etcd = useCluster();
  let members: readonly EtcdMember[];
  let store: Store;
  beforeEach(() => {
    const { endpoints } = etcd();
    ({ members } = etcd());
    store = openStore({ endpoints, deadlineMs: DEADLINE_MS });
  });
  afterEach(async () => {
    store.close();
    await untilLed(members);
  });
  /** By these a member is there for nobody, or only for clients; each gives the way back. */
  const absences = {
    'stands still': async (member: EtcdMember) => {
      const child = etcd().children[members.indexOf(member)];
      child?.signal('SIGSTOP');
      return () => child?.signal('SIGCONT');
    },
    'is cut off from the others': (member: EtcdMember) => isolate(members, member),
  };
  const without = async (
    member: EtcdMember,
    how: keyof typeof absences,
    act: () => Promise<void>,
  ): Promise<void> => {
    const back = await absences[how](member);
    try {
      await act();
    } finally {
      back();
    }
  };
  const leader = async (): Promise<EtcdMember> => {
    const found = await leaderOf(members);
    assert.ok(found);
    return found;
  };
  /** Resolves when the others have another leader. */
  const untilFollowed = async (frozen: EtcdMember): Promise<void> =>
    untilLed(members.filter((member) => member !== frozen));
  /** What many ask at the same time, again and again for so long: how many of them waited for a deadline, and how many in vain. */
  const ask = async (ms: number, call: (n: number) => Promise<unknown> = () => store.ping()) => {
    const until = Date.now() + ms;
    const told = { answered: 0, late: 0, failed: 0 };
    const asker = async (n: number): Promise<void> => {
      while (Date.now() < until) {
        const began = Date.now();
        await call(n).then(
          () => (told.answered += 1),
          () => (told.failed += 1),
        );
        if (Date.now() - began >= DEADLINE_MS) told.late += 1;
        await sleep(10);
      }
    };
    await Promise.all(Array.from({ length: MANY }, (_, n) => asker(n)));
    return told;
  };
  const hold = (n: number) => store.holdRouter(`router-${n}`, { reason: 'x', since: `${Date.now()}` });

  const follower = async (): Promise<EtcdMember | undefined> => {
    const leading = await leader();
    return members.find((member) => member !== leading);
  };

  for (const [name, frozen, how] of [
    ['one of which', follower, 'stands still'],
    ['whose leader', leader, 'stands still'],
    ['whose leader', leader, 'is cut off from the others'],
  ] as const)
    it(`${name} ${how} keep nobody waiting but those who find out`, async () => {
      const member = await frozen();
      assert.ok(member);
      await without(member, how, async () => {
        await untilFollowed(member);
        const { answered, late, failed } = await ask(6_000);
        assert.ok(late <= 1.5 * MANY, `${late} late, ${answered} answered`);
        assert.equal(failed, 0);
      });
    });

  it('that move their leader let nothing fail', async () => {
    const asked = Promise.all([ask(2_500), ask(2_500, hold)]);
    for (let times = 1; times <= 4; times += 1) {
      await sleep(400);
      assert.ok(await moveLeader(members));
    }
    for (const { answered, failed } of await asked) {
      assert.equal(failed, 0);
      assert.ok(answered > MANY);
    }
  });

  for (const how of ['stands still', 'is cut off from the others'] as const)
    it(`whose leader ${how} let a gateway be registered, and once`, async () => {
      const frozen = await leader();
      const raw = new Etcd3({
        hosts: members.filter((member) => member !== frozen).map(({ endpoint }) => endpoint),
      });
      try {
        const witness = new Witness(raw, newGateway());
        const request = requestFor(witness.gateway, await witness.configure());
        await without(frozen, how, async () => {
          for (;;) {
            const outcome = await store.register(request).catch((error: unknown) => {
              assert.ok(error instanceof StoreUnavailableError);
            });
            if (!outcome) continue;
            assert.deepEqual(outcome, { kind: 'registered' });
            break;
          }
        });
        // What was left with the one that stood still comes late, or never.
        await untilLed(members);
        assert.deepEqual(await witness.history(witness.keys.jobState), [{}]);
      } finally {
        raw.close();
      }
    });
});
