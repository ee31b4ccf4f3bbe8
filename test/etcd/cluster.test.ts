import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { useCluster } from './cluster-fixture.ts';
import { newGateway, requestFor, untilRegistered, Witness } from './fixture.ts';
import { isolate, moveLeader, untilLed } from '../world/etcd-cluster.ts';
import type { EtcdMember } from '../world/etcd-cluster.ts';

const DEADLINE_MS = 1_000;
const MANY = 20;
const ASKED_MS = 9_000;
/** If this program stood still for this long, an answer may have come earlier than the program noticed. */
const STALL_MS = 200;

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
  /** Each function makes a member unreachable for all, or for all but clients. It returns a function that undoes this. */
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
  const leader = (): Promise<EtcdMember> => untilLed(members);
  /** Resolves when the others have another leader. */
  const untilFollowed = (frozen: EtcdMember): Promise<EtcdMember> =>
    untilLed(members.filter((member) => member !== frozen));
  /**
   * Makes many calls at the same time, again and again until `end` resolves. Counts those that waited for a deadline, and
   * those that failed. Calls during which this program itself stood still are not counted.
   */
  const repeat = async (
    end: Promise<unknown>,
    call: (n: number) => Promise<unknown> = () => store.ping(),
  ) => {
    const over = new AbortController();
    let ticked = Date.now();
    let stalled = 0;
    const tick = (): void => {
      const now = Date.now();
      if (now - ticked > STALL_MS) stalled = now;
      ticked = now;
    };
    const ticking = setInterval(tick, STALL_MS / 10);
    const told = { answered: 0, late: 0, failed: 0 };
    const replyTo = async (n: number): Promise<void> => {
      while (!over.signal.aborted) {
        const began = Date.now();
        await call(n).then(
          () => (told.answered += 1),
          () => (told.failed += 1),
        );
        tick();
        if (Date.now() - began >= DEADLINE_MS && stalled < began) told.late += 1;
        await sleep(10);
      }
    };
    const replies = Promise.all(Array.from({ length: MANY }, (_, n) => replyTo(n)));
    try {
      await end;
    } finally {
      over.abort();
      await replies;
      clearInterval(ticking);
    }
    return told;
  };

  const follower = async (): Promise<EtcdMember | undefined> => {
    const leading = await leader();
    return members.find((member) => member !== leading);
  };

  for (const [name, frozen, how] of [
    ['one of which', follower, 'stands still'],
    ['whose leader', leader, 'stands still'],
    ['whose leader', leader, 'is cut off from the others'],
  ] as const)
    it(`${name} ${how} delay only the calls that find out`, async () => {
      const member = await frozen();
      assert.ok(member);
      await without(member, how, async () => {
        await untilFollowed(member);
        const { answered, late, failed } = await repeat(sleep(ASKED_MS));
        // At first all calls find out. After that one call finds out every two seconds.
        assert.ok(late < 2.5 * MANY, `${late} late, ${answered} answered`);
        assert.ok(answered > MANY, `${answered} answered`);
        assert.equal(failed, 0);
      });
    });

  it('that move their leader let nothing fail', async () => {
    const patient = openStore({ endpoints: etcd().endpoints, deadlineMs: 3 * DEADLINE_MS });
    const move = async (): Promise<void> => {
      for (let times = 1; times <= 4; times += 1) {
        await sleep(400);
        // `moveLeader` finds no leader while no member answers in time.
        while (!(await moveLeader(members))) await sleep(50);
      }
      await sleep(400);
    };
    const moved = move();
    try {
      const replies = [
        repeat(moved, () => patient.ping()),
        repeat(moved, (n) =>
          patient.beginMaintenance(`router-${n}`, { reason: 'x', since: `${Date.now()}` }),
        ),
      ];
      for (const { answered, failed } of await Promise.all(replies)) {
        assert.equal(failed, 0);
        assert.ok(answered > MANY, `${answered} answered`);
      }
    } finally {
      patient.close();
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
        await without(frozen, how, () => untilRegistered(store, request));
        // A write that was left with the frozen member comes late, or never.
        await untilLed(members);
        assert.deepEqual(await witness.history(witness.keys.jobState), [{}]);
      } finally {
        raw.close();
      }
    });
});
