import assert from 'node:assert/strict';
import { main } from '../../command/run.ts';
import type { StepName, StepProgress } from '../../gateway/messages.ts';
import { cancelOne } from '../../command/cancel.ts';
import type { GatewayClient } from '../../client/index.ts';
import { cancelWords } from '../../command/cancel-words.ts';
import { endedUnderLostKey } from '../client/lost-key.ts';
import { refusingProxy } from '../client/refusing-proxy.ts';
import { created, openScene, type Scene } from '../client/scene.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

const since = '2026-05-04T12:00:00.000Z';
const step = (name: StepName, waitingFor?: string): StepProgress => ({
  step: name,
  status: 'running',
  since,
  ...(waitingFor !== undefined && { waitingFor }),
});

describe('gateway-saga cancel', function () {
  this.timeout(60_000);
  let scene: Scene;
  let env: Record<string, string>;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
    env = scene.env;
  });
  after(() => scene.close());

  type Gateway = ReturnType<Scene['gateway']>;
  const started = async (steps: StepProgress[] = []): Promise<Gateway> => {
    const gateway = scene.gateway();
    await scene.client.create(gateway);
    await scene.step(gateway, steps);
    return gateway;
  };
  const run = async (...argv: string[]) => {
    const io = fakeIo(env);
    const code = await main(['cancel', ...argv], io);
    assertDescribed('change', argv, io.out());
    return { code, out: io.out(), err: io.err() };
  };
  const idOf = ({ resourceId }: Gateway) => resourceId;

  it('cancels the saga, says what happens now, and waits for the end', async () => {
    const gateway = await started([step('apply', 'MX-1, MX-2')]);
    const { code, out, err } = await run('vpn_gateway', idOf(gateway), '--reason', 'wrong VLAN');
    assert.equal(err, '');
    const [first, ...rest] = out.trimEnd().split('\n');
    assert.equal(
      first,
      `vpn_gateway ${idOf(gateway)}: cancelling: what it has put on MX-1, MX-2 is taken back; nothing stands then`,
    );
    assert.match(rest.at(-1) ?? '', /^cancelled: /);
    assert.equal(code, 0);
    assert.equal((await scene.client.result(gateway)).kind, 'cancelled');
  });

  it('keeps the reason and who gave it in the history', async () => {
    const gateway = await started();
    await run('vpn_gateway', idOf(gateway), '--reason', 'wrong VLAN', '--as', 'alice, NOC');
    const { events } = await scene.temporal.workflow.getHandle(`vpn_gateway:${idOf(gateway)}`).fetchHistory();
    const asked = events?.flatMap((event) => event.workflowExecutionCancelRequestedEventAttributes ?? []);
    assert.deepEqual(
      asked?.map(({ cause, identity }) => ({ cause, identity })),
      [{ cause: 'wrong VLAN (alice, NOC)', identity: 'alice, NOC' }],
    );
  });

  it('cancels several, and counts how they ended', async () => {
    const [one, two, ended] = [await started(), await started(), await started()];
    await scene.end(ended, created(ended));
    await scene.client.result(ended);
    const ids = [one, two, ended].map(idOf);
    const { code, out } = await run('vpn_gateway', ...ids, '--reason', 'the window is over');
    assert.equal(code, 1);
    assert.match(
      out,
      new RegExp(`^vpn_gateway ${idOf(ended)}: nothing runs; it ended before: created version 1$`, 'm'),
    );
    assert.match(out, /^2 gateways: 2 cancelled\n$/m);
  });

  it('returns at once with --no-wait', async () => {
    const gateway = await started();
    const { code, out } = await run('vpn_gateway', idOf(gateway), '--reason', 'x', '--no-wait', '--json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), {
      kind: 'cancelling',
      workflowId: `vpn_gateway:${idOf(gateway)}`,
      next: 'no router has been asked for it; it ends without touching one; nothing stands then',
    });
    assert.equal((await scene.client.result(gateway)).kind, 'cancelled');
  });

  it('fails where Temporal does not take a cancel, whether it waits or not', async () => {
    const gateway = await started();
    const proxy = await refusingProxy(env['TEMPORAL_ADDRESS'] ?? '', 'RequestCancelWorkflowExecution');
    try {
      for (const wait of [[], ['--no-wait']]) {
        const io = fakeIo({ ...env, TEMPORAL_ADDRESS: proxy.address });
        const argv = ['vpn_gateway', idOf(gateway), '--reason', 'x', '--json', ...wait];
        const code = await main(['cancel', ...argv], io);
        assertDescribed('change', argv, io.out());
        const { kind, next } = JSON.parse(io.out()) as { kind: string; next: string };
        assert.equal(kind, 'not cancelled');
        assert.match(next, /unauthorized/);
        assert.equal(code, 1);
      }
    } finally {
      await proxy.close();
    }
    assert.equal((await scene.client.status(gateway)).kind, 'running');
  });

  it('says that nothing runs where the change has ended before the cancel came', async () => {
    const gateway = scene.gateway();
    const ended = { kind: 'ended', outcome: { kind: 'created' } };
    const running = { kind: 'running', progress: null };
    /** The statuses that Temporal tells one after the other. */
    const late = (...statuses: readonly object[]) => {
      const left = statuses.values();
      const answer = { isTaken: false, isRepeated: false };
      const client = {
        status: async () => left.next().value,
        find: async () => ({ cancel: async () => answer }),
      };
      return cancelOne(client as unknown as GatewayClient, gateway, { reason: 'x', by: 'alice' });
    };
    assert.deepEqual(await late(running, ended), { gateway, status: ended });
    const other = await late(running, running);
    assert.match('error' in other ? other.error.message : '', /has ended, and another change runs now/);
  });

  it('cancels the others, and tells how, where the end of one can not be read', async () => {
    const [gateway, unreadable] = [await started(), scene.gateway()];
    await endedUnderLostKey(scene.temporal, unreadable);
    const ids = [unreadable, gateway].map(idOf);
    const { code, out, err } = await run('vpn_gateway', ...ids, '--reason', 'x');
    assert.deepEqual([code, err], [1, '']);
    assert.match(out, new RegExp(`^vpn_gateway ${ids[0]}: not cancelled: .* the key "lost"`, 'm'));
    assert.match(out, /^cancelled: /m);
  });

  it('gives one JSON document for each: how it ended, or that nothing ran', async () => {
    const [gateway, never] = [await started(), scene.gateway()];
    const { code, out } = await run('vpn_gateway', idOf(gateway), idOf(never), '--reason', 'x', '--json');
    assert.equal(code, 1);
    const told = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; workflowId: string });
    assert.deepEqual(
      told.map(({ kind, workflowId }) => [kind, workflowId]),
      [
        ['not running', `vpn_gateway:${idOf(never)}`],
        ['ended', `vpn_gateway:${idOf(gateway)}`],
      ],
    );
  });

  it('does not cancel without a reason', async () => {
    const gateway = await started();
    const { code, err } = await run('vpn_gateway', idOf(gateway));
    assert.equal(code, 2);
    assert.match(err, /--reason: expected a reason for the cancel, got none/);
    assert.equal((await scene.client.status(gateway)).kind, 'running');
  });
});

describe('gateway-saga cancel, of what was cancelled before and still runs', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
  });
  after(() => scene.close());

  it('says that its reason is not kept, as Temporal has only the first cancel', async () => {
    const gateway = scene.gateway();
    const workflowId = `vpn_gateway:${gateway.resourceId}`;
    await scene.client.create(gateway);
    const told: string[] = [];
    for (const [reason, form] of [
      ['wrong VLAN', '--json'],
      ['wrong site', '--json'],
      ['wrong site', '--no-wait'],
    ] as const) {
      const io = fakeIo(scene.env);
      const argv = [
        'vpn_gateway',
        gateway.resourceId,
        '--reason',
        reason,
        '--as',
        'alice',
        '--no-wait',
        form,
      ];
      assert.equal(await main(['cancel', ...argv], io), 0);
      assertDescribed('change', argv, io.out());
      told.push(io.out());
    }
    const next = 'no worker answers for it; it is cancelled once one does';
    const before = `it was cancelled before, so this reason is not kept; ${next}`;
    const json = (words: string) => `${JSON.stringify({ kind: 'cancelling', workflowId, next: words })}\n`;
    assert.deepEqual(told, [
      json(next),
      json(before),
      `vpn_gateway ${gateway.resourceId}: cancelling: ${before}\n`,
    ]);
    const { events } = await scene.temporal.workflow.getHandle(workflowId).fetchHistory();
    assert.deepEqual(
      events?.flatMap((event) => event.workflowExecutionCancelRequestedEventAttributes?.cause ?? []),
      ['wrong VLAN (alice)'],
    );
  });
});

describe('what a cancel does', () => {
  const progress = { gateway: { resourceType: 'a', resourceId: 'b', version: 2 }, name: null } as const;
  const cases: [steps: StepProgress[], words: RegExp][] = [
    [
      [step('plan')],
      /^no router has been asked for it; it ends without touching one; version 1 stands then$/,
    ],
    [[step('register'), step('wait')], /^no router has been asked/],
    [[step('apply', 'MX-1, MX-2')], /^what it has put on MX-1, MX-2 is taken back; version 1 stands then$/],
    [
      [step('apply', 'MX-1, MX-2; in a batch of 3 (applying)')],
      /^what it has put on MX-1, MX-2 is taken back; version 1 stands then$/,
    ],
    ...[
      'in a batch of 1 (reserving)',
      'in a batch of 1 (waiting for a router)',
      'number 3 of 12 in the queue, behind a batch of 64 (applying)',
      'at the door, 137 ahead, behind a queue of 256 and a batch of 64 (applying)',
    ].map((place): [StepProgress[], RegExp] => [
      [step('apply', `MX-1, MX-2; ${place}`)],
      /^it leaves the queue of MX-1, MX-2; version 1 stands then$/,
    ]),
    [[step('apply'), step('poll primary')], /^what it has put on both routers is taken back/],
    [[step('apply'), step('confirm')], /^it is being made permanent, so this comes too late/],
    [[step('record'), step('owe', 'MX-1, etcd')], /^it is being made permanent, so this comes too late/],
    [
      [step('register'), step('see and publish')],
      /^both routers are only looked at; it ends without publishing, unless this comes too late; version 1 stands then$/,
    ],
    [[step('apply'), step('revert')], /^it is being reverted already/],
    [[step('apply'), step('confirm'), step('revert')], /^it is being reverted already/],
  ];
  for (const [steps, words] of cases)
    it(`is told by how far it has come: ${steps.map((one) => [one.step, one.waitingFor].join(' ')).join(', ')}`, () => {
      assert.match(cancelWords({ ...progress, steps, standing: 1, outcome: 'running' }), words);
    });

  it('is told where no worker answers', () => {
    assert.match(cancelWords(null), /^no worker answers/);
  });
});
