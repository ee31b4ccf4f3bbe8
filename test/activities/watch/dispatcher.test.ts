import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '../../../activities/executions.ts';
import { Dispatcher } from '../../../activities/watch/dispatcher.ts';
import { typesOf } from '../../../activities/watch/types.ts';
import { View } from '../../../activities/watch/view.ts';
import { DEFAULT_WATCH_POLICY } from '../../../gateway/config-watch.ts';

const ID = 'vpn_gateway:g-1';

/** What Temporal says of a request that it will never take. */
const REFUSED = Object.assign(new Error('3 INVALID_ARGUMENT'), { code: 3 });

/** A call to Temporal, which a test answers. */
interface Call {
  readonly version: number;
  readonly answer: () => void;
  readonly fail: (error?: Error) => void;
}

describe('the asking of sagas', () => {
  let calls: Call[];
  let view: View;
  let dispatcher: Dispatcher;
  beforeEach(() => {
    calls = [];
    view = new View(typesOf(new Map([['vpn_gateway', undefined]]), new Map()));
    const workflow = {
      signalWithStart: (_: string, { signalArgs }: { signalArgs: readonly [{ version: number }] }) =>
        new Promise<void>((answer, fail) =>
          calls.push({
            version: signalArgs[0].version,
            answer,
            fail: (error = new Error('no answer')) => fail(error),
          }),
        ),
      getHandle: () => ({ describe: async () => ({ runId: 'run', status: { name: 'COMPLETED' }, raw: {} }) }),
    };
    const client = { workflow, withDeadline: (_: number, call: () => unknown) => call() };
    dispatcher = new Dispatcher(
      {
        client: client as unknown as Client,
        policy: { ...DEFAULT_WATCH_POLICY, inFlight: 1 },
        fresh: () => undefined,
        changed: () => undefined,
      },
      view,
      0,
    );
    dispatcher.halted = false;
  });
  const write = (version: number) => {
    const value = Buffer.from(JSON.stringify({ version, marked_for_deletion: false, body: {} }));
    view.note({ key: '/config/v2.0/vpn_gateways/g-1', value, modRevision: String(10 + version), lease: '0' });
    dispatcher.changed(ID);
  };
  const vanish = () => {
    const key = '/config/v2.0/vpn_gateways/g-1';
    view.note({ key, value: undefined, modRevision: '99', lease: '0' });
    dispatcher.changed(ID);
  };
  const settled = () => setTimeout(0);
  const versions = () => calls.map(({ version }) => version);

  it('keeps the place of a newer version, although the call for the older one gets no answer', async () => {
    write(1);
    write(2);
    assert.deepEqual(versions(), [1, 2]);
    calls[1]?.answer();
    await settled();
    calls[0]?.fail();
    await settled();
    assert.equal(dispatcher.inFlight, 1);
    assert.equal(dispatcher.differing, 1);
  });

  it('looks after a newer version whose older one got no answer, and asks for it again', async () => {
    write(1);
    write(2);
    calls[1]?.answer();
    await settled();
    calls[0]?.fail();
    await settled();
    // The gateway's run has ended without a word in `/state`.
    await dispatcher.checkRuns(-1);
    while (calls.length < 3) await setTimeout(20);
    assert.deepEqual(versions(), [1, 2, 2]);
  });

  it('counts a gateway whose request is refused as differing, until it vanishes', async () => {
    write(1);
    calls[0]?.fail(REFUSED);
    await settled();
    assert.deepEqual([dispatcher.silent.size, dispatcher.differing], [1, 1]);
    vanish();
    assert.deepEqual([dispatcher.silent.size, dispatcher.differing], [0, 0]);
  });

  it('does not count a gateway that has vanished before its request is refused', async () => {
    write(1);
    vanish();
    calls[0]?.fail(REFUSED);
    await settled();
    assert.deepEqual([dispatcher.silent.size, dispatcher.differing], [0, 0]);
  });

  it('does not count a gateway twice that was asked for its newer version before its request is refused', async () => {
    write(1);
    write(2);
    calls[1]?.answer();
    calls[0]?.fail(REFUSED);
    await settled();
    assert.deepEqual([dispatcher.silent.size, dispatcher.differing], [0, 1]);
  });

  it('asks for both again if neither got an answer, for the newer version only', async () => {
    write(1);
    write(2);
    calls[1]?.fail();
    calls[0]?.fail();
    while (calls.length < 3) await setTimeout(20);
    calls[2]?.answer();
    await settled();
    assert.deepEqual(versions(), [1, 2, 2]);
    assert.equal(dispatcher.inFlight, 1);
  });
});
