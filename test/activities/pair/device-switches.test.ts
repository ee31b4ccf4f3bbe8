import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import type { DeviceOptionsInput } from '../../../simulator/server/index.ts';
import { CHECK, client, COMMIT, confirmed } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, pendingOn, waitUntil } from './router-facts.ts';
import { tried } from './retried.ts';

const marks = ['live', 'forever', 'none'] as const;
/** What happens at a deadline when a lock or edits stand in its way, and whether somebody else's check confirms what is pending. */
const obstacles: readonly DeviceOptionsInput[] = [
  { deadlineMeetsLock: 'fires', deadlineMeetsDirty: 'replace', unlockMeetsDirty: 'keep' },
  {
    deadlineMeetsLock: 'waits',
    deadlineMeetsDirty: 'keep',
    unlockMeetsDirty: 'discard',
    foreignCheck: 'leaves',
  },
  { deadlineMeetsLock: 'fails', deadlineMeetsDirty: 'fails', unlockMeetsDirty: 'keep' },
];

const policy = {
  confirmMinutes: 1,
  minuteMs: 4_000,
  confirmMarginMs: 500,
  fallbackGraceMs: 150,
  settlePatienceMs: 25_000,
};

const deadlinePasses = ({ routers }: Scene) => waitUntil(() => routers.every((router) => !pendingOn(router)));

/** What happens between apply and settle, on the first router or on both. */
const meanwhile: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  nothing: async () => {},
  'somebody checks': ({ one }) => as(one, (operator) => operator.ok(CHECK)),
  'somebody commits': ({ one }) =>
    as(one, async (operator) => {
      await operator.set('set interfaces ge-0/0/1 mtu 1400');
      await operator.ok(COMMIT);
    }),
  'somebody commits on trial, and confirms': ({ one }) =>
    as(one, async (operator) => {
      await operator.set('set interfaces ge-0/0/1 mtu 1400');
      await operator.ok(confirmed(1, 'try'));
      await operator.ok(COMMIT);
    }),
  'somebody commits on trial, and leaves it': ({ one }) =>
    as(one, async (operator) => {
      await operator.set('set interfaces ge-0/0/1 mtu 1400');
      await operator.ok(confirmed(1, 'try'));
    }),
  'the deadline passes': deadlinePasses,
};

async function as(
  { device }: Scene['one'],
  work: (operator: ReturnType<typeof client>) => Promise<unknown>,
): Promise<void> {
  const operator = client(device);
  await work(operator);
  operator.session.close();
}

describe('both routers carry a gateway or neither, whatever a router does where that is not known', function () {
  this.timeout(180_000);
  const etcd = useEtcd();

  for (const pendingMark of marks) {
    for (const stacking of ['confirm-previous', 'last-only'] as const) {
      it(`mark ${pendingMark}, stacking ${stacking}`, async () => {
        await Promise.all(
          obstacles.flatMap((obstacle) =>
            Object.entries(meanwhile).map(([what, happen]) =>
              comesToRest({ pendingMark, stacking, ...obstacle }, what, happen),
            ),
          ),
        );
      });
    }
  }

  // What a busy machine does by chance: a commit takes longer than a router may be late, and the settling comes near the deadline.
  const SLOW_COMMIT_MS = 1_000;
  const nearDeadlineMs = policy.minuteMs - policy.confirmMarginMs - SLOW_COMMIT_MS + 50;
  it('any mark, a slow commit, and a second trial that is settled late', async () => {
    const isLate = { isLate: true };
    const delays = { commit: SLOW_COMMIT_MS };
    await Promise.all(
      marks.map((pendingMark) =>
        comesToRest({ pendingMark, delays }, `mark ${pendingMark}, slow`, deadlinePasses, isLate),
      ),
    );
  });

  it('a restart that forgets, reverts or resumes what is pending', async () => {
    const restart = async ({ one }: Scene) => one.device.restart();
    await Promise.all(
      (['forget', 'revert', 'resume'] as const).flatMap((reboot) =>
        marks.map((pendingMark) =>
          comesToRest({ reboot, pendingMark }, `${reboot}, mark ${pendingMark}`, restart),
        ),
      ),
    );
  });

  async function comesToRest(
    device: DeviceOptionsInput,
    what: string,
    happen: (scene: Scene) => Promise<void>,
    { isLate = false } = {},
  ): Promise<void> {
    const scene = await openScene(etcd(), { device, policy });
    try {
      const [kept, unwanted] = (await scene.gateways(2)) as [PairMember, PairMember];
      const pair = `router_pair:${scene.one.id}`;
      const reservation = await scene.reservation(pair);
      let trials = 0;
      let confirm: readonly PairMember[] = [kept];
      let revert: readonly PairMember[] = [unwanted];
      let isKept = false;
      const { applied, ...first } = await scene.apply(reservation, [kept, unwanted]);
      assert.deepEqual(applied, [kept, unwanted]);
      let { confirmBy } = first;
      await happen(scene);
      for (;;) {
        const outcome = await tried((context) => scene.settle(reservation, { confirm, revert }, context));
        const { reverted, fellBack } = outcome;
        isKept ||= outcome.kept.includes(kept);
        // On a busy machine, or a slow router, the second deadline passes as well. Then the member is reverted, and the reason says so.
        const { reason } = reverted.find(({ member }) => member === kept) ?? {};
        if (reason !== undefined) {
          assert.match(reason ?? '', /fell back 2 times/, what);
          assert.ok(Date.now() > Date.parse(confirmBy ?? ''), `${what}: reverted in time`);
        }
        for (const router of scene.routers) {
          for (const { member, owedOn } of reverted)
            if (!owedOn.includes(router.name))
              assert.equal(carries(router, member), false, `${what}: reverted`);
          for (const member of outcome.kept) assert.equal(carries(router, member), true, `${what}: kept`);
          if (fellBack.length === 0) assert.equal(pendingOn(router), false, `${what}: still pending`);
        }
        assert.ok((trials += 1) <= 3, `${what}: applied for ever`);
        if (fellBack.length === 0) break;
        confirm = fellBack;
        revert = [];
        const again = await tried((context) => scene.apply(reservation, fellBack, context));
        assert.deepEqual(again.applied, fellBack, what);
        ({ confirmBy } = again);
        if (isLate) await new Promise((resolve) => setTimeout(resolve, nearDeadlineMs));
      }
      // The outcome stays true when every deadline is over.
      await new Promise((resolve) => setTimeout(resolve, policy.minuteMs));
      assert.equal(new Set(scene.routers.map((router) => carries(router, kept))).size, 1, what);
      assert.equal(carries(scene.one, kept), isKept, `${what}: ${isKept ? 'kept' : 'reverted'}`);
      for (const router of scene.routers) assert.equal(carries(router, unwanted), false, `${what}: unwanted`);
      await assertFree(scene);
    } finally {
      await scene.close();
    }
  }
});
