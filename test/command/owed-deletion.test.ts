import assert from 'node:assert/strict';
import type { GatewayRef } from '../../client/index.ts';
import { main } from '../../command/run.ts';
import { made, openScene, type Scene } from '../client/scene.ts';
import { fakeIo } from './fake-io.ts';

describe('gateway-saga delete --owe', () => {
  let scene: Scene;
  let env: Record<string, string>;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
    env = {
      ...scene.env,
      ETCDCTL_ENDPOINTS: '127.0.0.1:1',
    };
  });
  after(() => scene.close());

  const run = async (...argv: string[]) => {
    const io = fakeIo(env);
    return { code: await main(argv, io), out: io.out(), err: io.err() };
  };
  const inputOf = async ({ resourceId }: GatewayRef): Promise<unknown> => {
    const history = await scene.temporal.workflow.getHandle(`vpn_gateway:${resourceId}`).fetchHistory();
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    return JSON.parse(Buffer.from(started?.input?.payloads?.[0]?.data ?? '').toString());
  };

  for (const [is, says] of [
    ['owed', 'MX-2 owes its removal: it is made when the router can be reached'],
    ['dropped', 'MX-2 is retired: its removal there was dropped'],
  ] as const)
    it(`names router, reason and who asks, and says that the removal is ${is}; status does, too`, async () => {
      const gateway = scene.gateway();
      const { resourceType, resourceId } = gateway;
      const io = fakeIo(env);
      const ended = main(
        ['delete', resourceType, resourceId, '--owe', 'er-2', '--reason', 'burnt\u0007', '--as', 'alice'],
        io,
      );
      await scene.begun(gateway);
      const { owe, ...named } = (await inputOf(gateway)) as { owe: Record<string, string> };
      assert.deepEqual(named, { resourceType, resourceId });
      const { by, ...what } = owe;
      assert.deepEqual(what, { router: 'er-2', reason: 'burnt' });
      assert.equal(by, 'alice');
      // It joins nothing that runs.
      const second = await run('delete', resourceType, resourceId, '--owe', 'er-2', '--reason', 'burnt');
      assert.equal(second.code, 1);
      assert.match(
        second.err,
        new RegExp(`vpn_gateway:${resourceId} runs: wait until it has ended, or cancel it`),
      );
      const end = made({ ...gateway, version: 2 }, 'deleted');
      assert.ok(end.kind === 'made');
      const owed = { router: 'er-2', name: 'MX-2', is };
      await scene.end(gateway, { ...end, result: { ...end.result, owed } });
      assert.equal(await ended, 0);
      // On a slow machine it may also say that it waits for a worker.
      assert.ok(io.out().endsWith(`deleted at version 2\n${says}\n`), io.out());
      const status = await run('status', resourceType, resourceId);
      assert.ok(status.out.endsWith(`${says}\nstands: nothing, but for what MX-2 may carry\n`), status.out);
    });

  const DELETE = ['delete', 'vpn_gateway', 'a'];
  for (const [argv, message] of [
    [
      [...DELETE, '--owe', 'er-2'],
      '--reason: expected a reason for the deletion without the router, got none',
    ],
    [[...DELETE, '--reason', 'x'], '--reason: expected with --owe only, got it alone'],
    [[...DELETE, 'b', '--owe', 'er-2', '--reason', 'x'], '--owe: expected one gateway with it, got 2'],
    [
      ['apply', 'vpn_gateway', 'a', '--owe', 'er-2', '--reason', 'x'],
      '--owe: expected with delete only, got it with apply',
    ],
  ] as const)
    it(`does not understand: ${argv.join(' ')}`, async () => {
      const { code, err } = await run(...argv);
      assert.equal(code, 2);
      assert.equal(err.split('\n')[0], `gateway-saga ${argv[0]}: ${message}`);
    });
});
