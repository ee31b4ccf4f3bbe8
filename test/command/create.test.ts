import assert from 'node:assert/strict';
import type { GatewayStatus } from '../../client/index.ts';
import { main } from '../../command/run.ts';
import { created, failed, openScene, type Scene } from '../client/scene.ts';
import { fakeIo, type FakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

const PUSH = {
  step: 'apply',
  status: 'running',
  since: new Date().toISOString(),
  waitingFor: 'MX-1, MX-2',
} as const;
const ESC = String.fromCharCode(27);

describe('gateway-saga create and status', () => {
  let scene: Scene;
  let env: Record<string, string>;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
    env = scene.env;
  });
  after(() => scene.close());

  const words = (gateway: { resourceType: string; resourceId: string }) => [
    gateway.resourceType,
    gateway.resourceId,
  ];
  /** Runs a command on a new gateway until it says `text`, then goes on with it. */
  const run = async (io: FakeIo, options: readonly string[], onceSaid: string, then: typeof scene.end) => {
    const gateway = scene.gateway();
    const code = main(['create', ...words(gateway), ...options], io);
    await io.said(onceSaid);
    await then(gateway, created(gateway));
    return { gateway, code: await code };
  };

  it('shows each step as a line where it can not redraw, and ends with 0 when it is created', async () => {
    const io = fakeIo(env);
    const { gateway, code } = await run(io, [], '', async (gateway, ending) => {
      await scene.begun(gateway);
      await scene.step(gateway, [PUSH]);
      await io.said('apply begins');
      await scene.end(gateway, ending);
    });
    assert.equal(code, 0);
    assert.equal(
      io.out(),
      `vpn_gateway ${gateway.resourceId}: apply begins, waits for MX-1, MX-2\ncreated version 1\n`,
    );
    assert.equal(io.err(), '');
  });

  it('redraws on a terminal, with colours', async () => {
    const io = fakeIo({ ...env, TERM: 'xterm' }, { isTTY: true, columns: 100, rows: 30 });
    const { code } = await run(io, [], ' stub', (gateway, ending) => scene.end(gateway, ending));
    assert.equal(code, 0);
    assert(io.out().includes(`${ESC}[0J`));
    assert(io.out().endsWith(`${ESC}[32mcreated${ESC}[0m version 1\n`), io.out());
  });

  it('redraws without colours where they are not wanted', async () => {
    const io = fakeIo({ ...env, TERM: 'xterm', NO_COLOR: '1' }, { isTTY: true, columns: 100, rows: 30 });
    const { code } = await run(io, [], ' stub', (gateway, ending) => scene.end(gateway, ending));
    assert.equal(code, 0);
    assert(io.out().includes(`${ESC}[0J`));
    assert(!new RegExp(`${ESC}\\[[0-9;]*m`).test(io.out()));
  });

  it('says why it was not created, and what is not undone, and ends with 1', async () => {
    const io = fakeIo(env);
    const gateway = scene.gateway();
    const code = main(['create', ...words(gateway)], io);
    await scene.begun(gateway);
    await scene.end(
      gateway,
      failed({
        type: 'NotConverged',
        gateway: { ...gateway, version: 1 },
        message: `MX-1: ${ESC}[31mINIT`,
        compensation: ['remove from MX-2: unreachable'],
      }),
    );
    assert.equal(await code, 1);
    assert.equal(
      io.out(),
      'failed (NotConverged): MX-1:  [31mINIT\nnot undone: remove from MX-2: unreachable\n',
    );
  });

  it('gives one JSON document at the end', async () => {
    const io = fakeIo(env);
    const { gateway, code } = await run(io, ['--json', '--version', '1'], '', async (gateway, ending) => {
      await scene.begun(gateway);
      await scene.end(gateway, ending);
    });
    assert.equal(code, 0);
    assertDescribed('change', ['--json'], io.out());
    assert.deepEqual(JSON.parse(io.out()), {
      kind: 'ended',
      workflowId: `vpn_gateway:${gateway.resourceId}`,
      outcome: { kind: 'created', gateway: { ...gateway, version: 1 }, alreadyEnded: false },
    });
  });

  it('does not wait when it is told so', async () => {
    const gateway = scene.gateway();
    const text = fakeIo(env);
    assert.equal(await main(['create', ...words(gateway), '--no-wait'], text), 0);
    assert.equal(text.out(), `started vpn_gateway:${gateway.resourceId}\n`);
    const json = fakeIo(env);
    assert.equal(await main(['create', ...words(gateway), '--no-wait', '--json'], json), 0);
    assertDescribed('change', ['--json'], json.out());
    assert.deepEqual(JSON.parse(json.out()), {
      kind: 'started',
      workflowId: `vpn_gateway:${gateway.resourceId}`,
    });
    assert.equal((await scene.client.status(gateway)).kind, 'running');
  });

  it('leaves the change alone on Ctrl-C, says how to go on, and ends with 130', async () => {
    for (const options of [[], ['--json']]) {
      const gateway = scene.gateway();
      const io = fakeIo({ ...env, TERM: 'xterm' }, { isTTY: true, columns: 100, rows: 30 });
      const code = main(['create', ...words(gateway), ...options], io);
      await scene.begun(gateway);
      io.interrupt();
      assert.equal(await code, 130);
      assert.match(io.err(), /The change goes on/);
      assert(io.err().includes(`gateway-saga status ${words(gateway).join(' ')} --watch`));
      assert.equal((await scene.client.status(gateway)).kind, 'running');
    }
  });

  it('status tells what was never started with 1', async () => {
    const gateway = scene.gateway();
    const text = fakeIo(env);
    assert.equal(await main(['status', ...words(gateway)], text), 1);
    assert.equal(text.out(), `vpn_gateway:${gateway.resourceId}: no change is known\n`);
    for (const options of [['--json'], ['--json', '--watch']]) {
      const json = fakeIo(env);
      assert.equal(await main(['status', ...words(gateway), ...options], json), 1);
      assertDescribed('change', options, json.out());
      assert.deepEqual(JSON.parse(json.out()), {
        kind: 'not found',
        workflowId: `vpn_gateway:${gateway.resourceId}`,
      });
    }
  });

  it('status tells what runs with 0, and what has ended with its outcome', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    await scene.step(gateway, [PUSH]);
    const text = fakeIo(env);
    assert.equal(await main(['status', ...words(gateway)], text), 0);
    assert.match(
      text.out(),
      /^vpn_gateway .* version 1 stub\n {2}. apply +[0-9.]+ s {2}waits for MX-1, MX-2\n$/,
    );
    const json = fakeIo(env);
    assert.equal(await main(['status', ...words(gateway), '--json'], json), 0);
    assertDescribed('change', ['--json'], json.out());
    const status = JSON.parse(json.out()) as GatewayStatus;
    assert(status.kind === 'running');
    assert.deepEqual(status.progress?.steps, [PUSH]);

    await scene.end(gateway, created(gateway));
    await run.result();
    const ended = fakeIo(env);
    assert.equal(await main(['status', ...words(gateway)], ended), 0);
    assert.match(ended.out(), /^vpn_gateway:.*: ended 20.*Z\ncreated version 1\nstands: version 1\n$/);
  });

  it('status tells what has failed with 1', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    await scene.end(gateway, failed({ type: 'Conflict', gateway: null, message: 'taken', compensation: [] }));
    await run.result();
    const io = fakeIo(env);
    assert.equal(await main(['status', ...words(gateway)], io), 1);
    assert.match(io.out(), /failed \(Conflict\): taken\nstands: what stood before\n$/);
  });

  it('status --watch tells of an ended change what status tells, also where no worker answers', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    await scene.end(gateway, created(gateway));
    await run.result();
    await scene.stopWorker();
    try {
      for (const options of [[], ['--json']])
        for (const terminal of [{}, { isTTY: true, columns: 80, rows: 24 }]) {
          const watched = fakeIo({ ...env, NO_COLOR: '1' }, terminal);
          const told = fakeIo({ ...env, NO_COLOR: '1' }, terminal);
          assert.equal(await main(['status', ...words(gateway), '--watch', ...options], watched), 0);
          assert.equal(await main(['status', ...words(gateway), ...options], told), 0);
          assert.equal(watched.out(), told.out());
        }
    } finally {
      await scene.startWorker();
    }
  });

  it('a terminal says nothing of a worker where one answers soon, of one change or of several', async () => {
    for (const count of [1, 2]) {
      const gateways = Array.from({ length: count }, () => scene.gateway());
      const io = fakeIo({ ...env, TERM: 'xterm' }, { isTTY: true, columns: 100, rows: 30 });
      const ids = gateways.map(({ resourceId }) => resourceId);
      const code = main(['create', 'vpn_gateway', ...ids], io);
      for (const gateway of gateways) {
        await scene.begun(gateway);
        await scene.step(gateway, [PUSH]);
        await io.said('apply');
        await scene.end(gateway, created(gateway));
      }
      assert.equal(await code, 0);
      assert.ok(!io.out().includes('worker'), io.out());
    }
  });

  it('status --watch --json gives a line per change and last the outcome', async () => {
    const gateway = scene.gateway();
    await scene.client.create(gateway);
    const io = fakeIo(env);
    const code = main(['status', ...words(gateway), '--watch', '--json'], io);
    await io.said('"name":"stub"');
    await scene.step(gateway, [PUSH]);
    await io.said('"apply"');
    await scene.end(gateway, created(gateway));
    assert.equal(await code, 0);
    assertDescribed('change', ['--json'], io.out());
    const lines = io
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as GatewayStatus);
    assert.deepEqual(
      lines.map(({ kind }) => kind),
      ['running', 'running', 'running', 'ended'],
    );
    assert(lines.every(({ workflowId }) => workflowId === `vpn_gateway:${gateway.resourceId}`));
  });
});
