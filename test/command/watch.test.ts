import assert from 'node:assert/strict';
import { main } from '../../command/run.ts';
import { linesOf } from '../../command/watch.ts';
import { CONFIG_WATCH, CONFIG_WATCH_ID } from '../../gateway/config-watch.ts';
import { clientFor, newNamespace, temporal } from '../client/temporal.ts';
import { fakeIo } from './fake-io.ts';
import { assertDescribed } from './json-output.ts';

describe('gateway-saga watch', function () {
  this.timeout(60_000);
  let namespace: string;
  let env: Readonly<Record<string, string>>;
  before(async () => {
    namespace = await newNamespace('without attributes');
    env = { TEMPORAL_ADDRESS: (await temporal()).address, TEMPORAL_NAMESPACE: namespace };
  });
  const run = async (...argv: readonly string[]) => {
    const io = fakeIo(env);
    const code = await main(['watch', ...argv], io);
    assertDescribed('watch', argv, io.out());
    return { code, out: io.out(), err: io.err() };
  };

  it('says that the watch does not run, and what starts it', async () => {
    const { code, out } = await run('status');
    assert.equal(code, 1);
    assert.match(out, /^config_watch does not run: a worker with --watch, or "gateway-saga watch start"/);
    assert.deepEqual(JSON.parse((await run('status', '--json')).out), { kind: 'not running' });
  });

  it('starts the one workflow, whether a worker is there or not, and says that none answers', async () => {
    for (let times = 0; times < 2; times += 1)
      assert.deepEqual(await run('start'), {
        code: 0,
        out: 'config_watch runs, and no worker answers for it; it goes on once one does\n',
        err: '',
      });
    assert.equal((await run('status')).code, 1);
    const { workflow } = await clientFor(namespace);
    const { type, status } = await workflow.getHandle(CONFIG_WATCH_ID).describe();
    assert.deepEqual([type, status.name], [CONFIG_WATCH, 'RUNNING']);
  });

  it('says that a stop counts once a worker answers', () => {
    const silent = { kind: 'running', answer: null } as const;
    const words = 'config_watch runs, and no worker answers for it';
    assert.deepEqual(linesOf(silent, 'stop'), [`${words}; it stops once one does`]);
    assert.deepEqual(linesOf(silent, 'status'), [words]);
  });

  for (const [argv, says] of [
    [['pause'], /expected start, stop or status, got "pause"/],
    [[], /expected ACTION, got/],
    [['status', 'now'], /expected ACTION, got "status" "now"/],
  ] as const)
    it(`does not understand "watch ${argv.join(' ')}"`, async () => {
      const { code, err } = await run(...argv);
      assert.equal(code, 2);
      assert.match(err, says);
    });
});
