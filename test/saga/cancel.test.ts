import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Activities } from '../../activities/index.ts';
import type { GatewayRun } from '../../client/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { LENGTHS } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { failedState } from '../../gateway/records.ts';
import { assertSameRunning } from '../world/evidence.ts';
import { openCancelScene } from './cancel-scene.ts';
import type { CancelScene } from './cancel-scene.ts';
import type { Moment } from './breakpoints.ts';

describe('cancelling a creation', function () {
  this.timeout(30_000);
  let scene: CancelScene;
  before(async () => {
    scene = await openCancelScene(1, 20_000);
  });
  afterEach(async () => {
    const [primary, secondary] = scene.world.routers;
    assert.ok(primary && secondary);
    await scene.assertAtRest({ primary, secondary });
  });
  after(() => scene.close());

  const steps: readonly [keyof Activities, Moment][] = [
    ['plan', 'before'],
    ['plan', 'after'],
    ['register', 'before'],
    ['register', 'after'],
    ['requestApply', 'before'],
    ['apply', 'before'],
    ['apply', 'after'],
    ['requestApply', 'after'],
    ['recordStack', 'before'],
    ['recordStack', 'after'],
    ['poll', 'after'],
  ];
  for (const [activity, moment] of steps) {
    it(`unwinds when it comes ${moment} ${activity} has done its work`, async () => {
      const candidate = await scene.candidate();
      const hold = scene.holds.at(candidate.gateway, activity, moment);
      const run = await scene.world.client.create(candidate.gateway);
      await hold.reached;
      await run.cancel();
      hold.release();
      await scene.assertCancelled(candidate, run);
    });
  }

  const noise = 'x'.repeat(10_000);
  const reasons: readonly [told: string, cancel: (run: GatewayRun) => Promise<unknown>, shown: string][] = [
    [
      'with its author',
      (run) => run.cancel({ reason: 'wrong VLAN', by: 'alice@jump-host' }),
      'wrong VLAN (alice@jump-host)',
    ],
    [
      'bounded and on one line, whatever a program gives',
      (run) => run.cancel({ reason: `a\n"b"\u2028\u001b[2J${noise}`, by: `eve\n${noise}` }),
      `${`a "b" [2J${noise}`.slice(0, LENGTHS.hold - 1)}… (${`eve ${noise}`.slice(0, LENGTHS.who - 1)}…)`,
    ],
    [
      'bounded and on one line, whatever another client of Temporal gives',
      ({ workflowId }) =>
        scene.world.temporal.workflowService.requestCancelWorkflowExecution({
          namespace: scene.world.temporal.options.namespace,
          workflowExecution: { workflowId },
          requestId: randomUUID(),
          reason: `"}\r\n\u202e\u0000${noise}`,
        }),
      `${`"} ${noise}`.slice(0, LENGTHS.cancel - 1)}…`,
    ],
  ];
  for (const [told, cancel, shown] of reasons) {
    it(`tells the reason in /state and in the line of the log, ${told}`, async () => {
      const candidate = await scene.candidate();
      const hold = scene.holds.at(candidate.gateway, 'register', 'after');
      const run = await scene.world.client.create(candidate.gateway);
      await hold.reached;
      await cancel(run);
      hold.release();
      await scene.assertCancelled(candidate, run, `cancelled: ${shown}`);
      const { resourceId } = candidate.gateway;
      assert.deepEqual(
        scene.ends
          .filter((end) => end.resourceId === resourceId)
          .map(({ outcome, reason }) => [outcome, reason]),
        [['cancelled', `cancelled: ${shown}`]],
      );
    });
  }

  const late: readonly [keyof Activities, Moment][] = [
    ['requestConfirm', 'before'],
    ['requestConfirm', 'after'],
    ['settle', 'before'],
    ['settle', 'after'],
    ['publishCompleted', 'before'],
    ['publishCompleted', 'after'],
  ];
  for (const [activity, moment] of late) {
    it(`is too late when it comes ${moment} ${activity} has done its work: the gateway stays on the routers (M5)`, async () => {
      const candidate = await scene.candidate();
      const hold = scene.holds.at(candidate.gateway, activity, moment);
      const run = await scene.world.client.create(candidate.gateway);
      await hold.reached;
      await run.cancel();
      hold.release();
      await scene.assertCreated(candidate, run);
    });
  }

  it('changes nothing once the creation has ended', async () => {
    const candidate = await scene.candidate();
    const run = await scene.world.client.create(candidate.gateway);
    await run.result();
    await run.cancel();
    await scene.assertCreated(candidate, run);
  });

  it('changes nothing while the undo of a failure runs: the failure is reported', async () => {
    const { gateway, primary, secondary, traces } = await scene.candidate();
    secondary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      outcome: { kind: 'refuse', message: 'no space left on device' },
    });
    const hold = scene.holds.at(gateway, 'requestRevert', 'before');
    const run = await scene.world.client.create(gateway);
    await hold.reached;
    await run.cancel();
    hold.release();
    const outcome = await run.result();
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.RouterRefused, JSON.stringify(outcome));
    assert.match(outcome.message, /no space left on device/);
    assert.equal(await scene.statusOf(run), 'FAILED');
    assert.deepEqual(await scene.world.history(KEYS.state(gateway)), [failedState(1, outcome.message)]);
    assertSameRunning([primary, secondary], traces);
  });

  it('twice unwinds once', async () => {
    const candidate = await scene.candidate();
    const recorded = scene.holds.at(candidate.gateway, 'recordStack', 'after');
    const reverted = scene.holds.at(candidate.gateway, 'settle', 'after');
    const run = await scene.world.client.create(candidate.gateway);
    await recorded.reached;
    await run.cancel();
    recorded.release();
    await reverted.reached;
    await run.cancel();
    reverted.release();
    await scene.assertCancelled(candidate, run);
  });
});
