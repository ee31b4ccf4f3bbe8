import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { workflowIdOf, type GatewayRef } from '../../client/index.ts';
import { main } from '../../command/run.ts';
import { endUnderLostKey, startedWithoutWorker } from '../client/lost-key.ts';
import { failed, made, openScene, type Scene } from '../client/scene.ts';
import type { Ending } from '../client/stub-workflow.ts';
import { fakeIo, type FakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

const ESC = String.fromCharCode(27);

describe('gateway-saga create, update, delete and apply', () => {
  let scene: Scene;
  let env: Record<string, string>;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
    env = scene.env;
  });
  after(() => scene.close());

  const untilStarted = async (gateway: GatewayRef) => {
    await scene.begun(gateway);
  };
  const endOf = async (gateway: GatewayRef, ending: Ending) => {
    await untilStarted(gateway);
    await scene.end(gateway, ending);
  };
  /** Runs a command for one gateway, and ends what it starts. */
  const one = async (asked: string, ending: (gateway: GatewayRef) => Ending, ...options: string[]) => {
    const gateway = scene.gateway();
    const io = fakeIo(env);
    const code = main([asked, gateway.resourceType, gateway.resourceId, ...options], io);
    await endOf(gateway, ending(gateway));
    await code;
    assertDescribed('change', options, io.out());
    return { code: await code, out: io.out(), gateway };
  };

  for (const [asked, type, kind, says] of [
    ['create', 'createGateway', 'created', 'created version 2'],
    ['update', 'updateGateway', 'updated', 'updated to version 2'],
    ['update', 'updateGateway', 'unchanged', 'unchanged at version 2: nothing had to change on the routers'],
    ['delete', 'deleteGateway', 'deleted', 'deleted at version 2'],
    ['apply', 'applyGateway', 'deleted', 'deleted at version 2'],
  ] as const)
    it(`${asked} starts ${type}, says "${says}" and ends with 0`, async () => {
      const { code, out, gateway } = await one(asked, (g) => made({ ...g, version: 2 }, kind));
      assert.deepEqual([code, out], [0, `${says}\n`]);
      const { type: started } = await scene.temporal.workflow
        .getHandle(`vpn_gateway:${gateway.resourceId}`)
        .describe();
      assert.equal(started, type);
    });

  it('create says that an update has made the version before', async () => {
    const before = await one('create', (g) => made({ ...g, version: 2 }, 'updated', true));
    assert.equal(before.code, 0);
    assert.match(before.out, /^updated to version 2 before; nothing was touched now$/m);
    const now = await one('create', (g) => made({ ...g, version: 2 }, 'unchanged'));
    assert.match(now.out, /^unchanged at version 2: /m);
    const json = await one('create', (g) => made({ ...g, version: 2 }, 'updated', true), '--json');
    const { outcome } = JSON.parse(json.out) as { outcome: { kind: string; was: string } };
    assert.deepEqual([outcome.kind, outcome.was], ['created', 'updated']);
  });

  it('ends with 1 where something else had come out before, and says what was asked for', async () => {
    const deletion = await one('delete', (g) => made(g, 'created', true));
    assert.deepEqual(
      [deletion.code, deletion.out],
      [
        1,
        'created version 1 before; nothing was touched now\nnot as asked: delete was asked for, and version 1 is not marked for deletion\n',
      ],
    );
    const update = await one('update', (g) => made(g, 'deleted', true));
    assert.equal(update.code, 1);
    assert.match(update.out, /not as asked: update was asked for, and version 1 is marked for deletion\n$/);
    const json = await one('delete', (g) => made(g, 'created', true), '--json');
    assert.equal(json.code, 1);
    assert.equal((JSON.parse(json.out) as { outcome: { kind: string } }).outcome.kind, 'created');
  });

  it('ends by the version that was asked for, and says that a newer one took its place', async () => {
    const superseded = (version: number) => (gateway: GatewayRef) => {
      const { result } = made({ ...gateway, version: 3 }, 'updated') as Extract<Ending, { kind: 'made' }>;
      const error = `superseded by version 3`;
      const end = { version: 1, outcome: 'superseded', error, type: 'Superseded', by: 3 } as const;
      return { kind: 'made', result: { ...result, version, ends: [end] } } as const;
    };
    for (const version of ['1', '2']) {
      const { code, out } = await one('apply', superseded(3), '--version', version);
      assert.deepEqual([code, out], [1, 'superseded by version 3\n'], version);
    }
    const last = await one('apply', superseded(3), '--version', '3');
    assert.deepEqual([last.code, last.out], [0, 'updated to version 3\n']);
    const creation = await one('create', superseded(3), '--version', '1');
    assert.deepEqual([creation.code, creation.out], [1, 'failed (Superseded): superseded by version 3\n']);
    const json = await one('apply', superseded(3), '--version', '1', '--json');
    const { outcome } = JSON.parse(json.out) as { outcome: { kind: string; by: number } };
    assert.deepEqual([json.code, outcome.kind, outcome.by], [1, 'superseded', 3]);
  });

  it('starts several together, with a line for each as it ends and a summary, and ends with 0', async () => {
    const gateways = [scene.gateway(), scene.gateway(), scene.gateway()];
    const ids = gateways.map(({ resourceId }) => resourceId);
    const io = fakeIo(env);
    const code = main(['apply', 'vpn_gateway', ...ids], io);
    // All run before any of them has ended.
    for (const gateway of gateways) await untilStarted(gateway);
    const [first, second, third] = gateways.toReversed();
    assert(first && second && third);
    await scene.end(first, made(first, 'created'));
    await io.said(first.resourceId);
    await scene.end(second, made({ ...second, version: 2 }, 'updated'));
    await io.said(second.resourceId);
    await scene.end(third, made({ ...third, version: 3 }, 'deleted'));
    assert.equal(await code, 0);
    assert.equal(
      io.out(),
      [
        `vpn_gateway ${first.resourceId}: created version 1`,
        `vpn_gateway ${second.resourceId}: updated to version 2`,
        `vpn_gateway ${third.resourceId}: deleted at version 3`,
        '3 gateways: 1 created, 1 updated, 1 deleted\n',
      ].join('\n'),
    );
  });

  it('takes them from standard input, and ends with 1 if one of them did not come out as asked', async () => {
    const [good, bad, other] = [scene.gateway(), scene.gateway(), scene.gateway()] as const;
    const list = [good, bad, other].map(({ resourceType, resourceId }) => `${resourceType} ${resourceId}\n`);
    const io = fakeIo(env, {}, list.join(''));
    const code = main(['delete', '--file', '-'], io);
    const compensation = ['restore on MX-2: unreachable'];
    await endOf(
      bad,
      failed({ type: 'RevertOwed', gateway: { ...bad, version: 2 }, message: 'MX-2', compensation }),
    );
    await endOf(other, made(other, 'created', true));
    await endOf(good, made(good, 'deleted'));
    assert.equal(await code, 1);
    const lines = io.out().trimEnd().split('\n');
    assert.equal(lines.pop(), '3 gateways: 1 created, 1 deleted, 1 failed; 1 not as asked');
    assert.deepEqual(
      lines.toSorted(),
      [
        `vpn_gateway ${bad.resourceId}: failed (RevertOwed): MX-2`,
        `vpn_gateway ${bad.resourceId}: not undone: restore on MX-2: unreachable`,
        `vpn_gateway ${good.resourceId}: deleted at version 1`,
        `vpn_gateway ${other.resourceId}: created version 1 before; nothing was touched now`,
        `vpn_gateway ${other.resourceId}: not as asked: delete was asked for, and version 1 is not marked for deletion`,
      ].toSorted(),
    );
  });

  it('draws a line for each on a terminal, and says why one failed below them', async () => {
    const [good, bad] = [scene.gateway(), scene.gateway()] as const;
    const io = fakeIo({ ...env, TERM: 'xterm', NO_COLOR: '1' }, { isTTY: true, columns: 100, rows: 30 });
    const code = main(['update', 'vpn_gateway', good.resourceId, bad.resourceId], io);
    await untilStarted(good);
    await scene.tell(good, { action: 'update', standing: 1, gateway: { ...good, version: 2 } });
    const since = new Date().toISOString();
    await scene.step(good, [{ step: 'apply', status: 'running', since, waitingFor: 'MX-1, MX-2' }]);
    await io.said('version 1 → 2 stub  apply ');
    await scene.end(good, made({ ...good, version: 2 }, 'updated'));
    await endOf(
      bad,
      failed({ type: 'Conflict', gateway: { ...bad, version: 1 }, message: 'taken', compensation: [] }),
    );
    assert.equal(await code, 1);
    const [, last = ''] = io.out().split(/.*\[0J/s);
    assert.deepEqual(last.trimEnd().split('\n'), [
      `✓ vpn_gateway ${good.resourceId} version 1 → 2 stub updated`,
      `✗ vpn_gateway ${bad.resourceId} version 1 stub failed`,
      `vpn_gateway ${bad.resourceId}: failed (Conflict): taken`,
      '2 gateways: 1 updated, 1 failed',
    ]);
    assert.ok(io.out().includes('2 gateways, 2 running'));
    assert.ok(io.out().includes(`${ESC}[2A`) || io.out().includes(`${ESC}[3A`), 'lines are drawn over');
  });

  it('gives a JSON document a line for each of several', async () => {
    const gateways = [scene.gateway(), scene.gateway()];
    const ids = gateways.map(({ resourceId }) => resourceId);
    const io = fakeIo(env);
    const code = main(['create', 'vpn_gateway', ...ids, '--json'], io);
    for (const gateway of gateways) {
      await endOf(gateway, made(gateway, 'created'));
      await io.said(gateway.resourceId);
    }
    assert.equal(await code, 0);
    assertDescribed('change', ['--json'], io.out());
    const documents = io
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(
      documents,
      gateways.map((gateway) => ({
        kind: 'ended',
        workflowId: `vpn_gateway:${gateway.resourceId}`,
        outcome: { kind: 'created', gateway: { ...gateway, version: 1 }, alreadyEnded: false },
      })),
    );
  });

  it('starts several without waiting when it is told so', async () => {
    const ids = [scene.gateway(), scene.gateway()].map(({ resourceId }) => resourceId);
    const io = fakeIo(env);
    assert.equal(await main(['update', 'vpn_gateway', ...ids, '--no-wait'], io), 0);
    assert.equal(io.out(), ids.map((id) => `started vpn_gateway:${id}\n`).join(''));
  });

  it('leaves several alone on Ctrl-C, says how to go on with one that runs, and ends with 130', async () => {
    const [done, running] = [scene.gateway(), scene.gateway()] as const;
    const io = fakeIo(env);
    const code = main(['apply', 'vpn_gateway', done.resourceId, running.resourceId], io);
    await endOf(done, made(done, 'created'));
    await io.said(done.resourceId);
    io.interrupt();
    assert.equal(await code, 130);
    assert.match(io.err(), /The changes go on\./);
    assert.ok(io.err().includes(`gateway-saga status vpn_gateway ${running.resourceId} --watch`));
    assert.equal((await scene.client.status(running)).kind, 'running');
  });

  it('names those of several that Temporal does not start, and goes on with the others', async () => {
    const ids = [scene.gateway(), scene.gateway()].map(({ resourceId }) => resourceId);
    const io = fakeIo({ ...env, TEMPORAL_NAMESPACE: 'nowhere' });
    assert.equal(await main(['apply', 'vpn_gateway', ...ids], io), 1);
    const lines = io.out().trimEnd().split('\n');
    assert.equal(lines.pop(), '2 gateways: 2 not started');
    for (const [index, id] of ids.entries())
      assert.match(lines[index] ?? '', new RegExp(`^vpn_gateway ${id}: not started: .*nowhere`));
    const json = fakeIo({ ...env, TEMPORAL_NAMESPACE: 'nowhere' });
    assert.equal(await main(['apply', 'vpn_gateway', ...ids, '--no-wait', '--json'], json), 1);
    assertDescribed('change', ['--json'], json.out());
    const [first] = json
      .out()
      .split('\n')
      .map((line) => JSON.parse(line || 'null') as { kind: string; reason: string });
    assert.equal(first?.kind, 'not started');
    assert.match(first.reason, /nowhere/);
  });

  describe('of several of which the end of one can not be read', () => {
    /** Runs the command until both have ended, that one first. */
    async function bothEnded(io: FakeIo, ...options: readonly string[]) {
      const [unreadable, done] = [scene.gateway(), scene.gateway()] as const;
      await startedWithoutWorker(scene.temporal, unreadable);
      const ids = [unreadable, done].map(({ resourceId }) => resourceId);
      const code = main(['apply', 'vpn_gateway', ...ids, ...options], io);
      const handle = scene.temporal.workflow.getHandle(workflowIdOf(unreadable));
      const isJoined = async () =>
        ((await handle.fetchHistory()).events ?? []).some(
          (event) => event.workflowExecutionSignaledEventAttributes,
        );
      while (!(await isJoined())) await setTimeout(20);
      await endUnderLostKey(scene.temporal, unreadable);
      await endOf(done, made(done, 'created'));
      return { ids, code: await code };
    }

    it('it tells how the others ended, and why not that one', async () => {
      const io = fakeIo(env);
      const { ids, code } = await bothEnded(io);
      assert.deepEqual([code, io.err()], [1, '']);
      const out = io.out();
      assert.match(out, new RegExp(`^vpn_gateway ${ids[0]}: not known: .*key "lost"`, 'm'));
      assert.match(out, new RegExp(`^vpn_gateway ${ids[1]}: created version 1$`, 'm'));
      assert.match(out, /^2 gateways: 1 created, 1 not known$/m);
    });

    it('it says so in JSON', async () => {
      const io = fakeIo(env);
      const { ids, code } = await bothEnded(io, '--json');
      assert.equal(code, 1);
      assertDescribed('change', ['--json'], io.out());
      const told = io
        .out()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { kind: string; workflowId: string });
      assert.deepEqual(
        told.map(({ kind, workflowId }) => [kind, workflowId]),
        [
          ['not known', `vpn_gateway:${ids[0]}`],
          ['ended', `vpn_gateway:${ids[1]}`],
        ],
      );
    });

    it('it says so on a terminal', async () => {
      const io = fakeIo({ ...env, TERM: 'xterm', NO_COLOR: '1' }, { isTTY: true, columns: 200, rows: 30 });
      const { ids, code } = await bothEnded(io);
      assert.equal(code, 1);
      const out = io.out();
      assert.match(out, new RegExp(`✗ vpn_gateway ${ids[0]}  not known: .*key "lost"`, 'm'));
      assert.match(out, /^2 gateways: 1 created, 1 not known$/m);
    });
  });

  it('status tells what stands, what is wanted and what came of it', async () => {
    const status = async (gateway: GatewayRef) => {
      const io = fakeIo(env);
      const code = await main(['status', gateway.resourceType, gateway.resourceId], io);
      return { code, out: io.out() };
    };
    for (const [action, standing, version, kind, wanted, stands] of [
      ['update', 1, 2, 'updated', 'stands: version 1\nwanted: version 2 \\(update\\)', 'version 2'],
      ['delete', 2, 3, 'deleted', 'stands: version 2\nwanted: nothing \\(delete, version 3\\)', 'nothing'],
      ['create', undefined, 1, 'created', 'stands: nothing\nwanted: version 1 \\(create\\)', 'version 1'],
    ] as const) {
      const gateway = scene.gateway();
      const run = await scene.client.apply(gateway);
      await scene.tell(gateway, { action, ...(standing && { standing }), gateway: { ...gateway, version } });
      const running = await status(gateway);
      assert.equal(running.code, 0);
      assert.match(running.out, new RegExp(`\n${wanted}\n$`));
      await scene.end(gateway, made({ ...gateway, version }, kind));
      await run.result();
      const ended = await status(gateway);
      assert.equal(ended.code, 0);
      assert.match(ended.out, new RegExp(`\n${kind} .*version ${version}\nstands: ${stands}\n$`));
    }
  });
});
