import assert from 'node:assert/strict';
import { install } from '@sinonjs/fake-timers';
import type { Clock } from '@sinonjs/fake-timers';
import { asyncLocalStorage } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { heartbeating } from '../../activities/heartbeat.ts';
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';

describe('an activity that works', () => {
  let clock: Clock;
  before(() => void (clock = install()));
  after(() => clock.uninstall());

  it('sends several heartbeats within its time-out, and none after its end', async () => {
    let beats = 0;
    const context = { heartbeat: () => void (beats += 1) } as unknown as Context;
    let finish = (): void => undefined;
    // A timer runs in the context of the code that moves the clock.
    const pass = () =>
      asyncLocalStorage.run(context, () => clock.tick(ACTIVITY_TIMES.routers.heartbeatTimeout));
    const body = () => new Promise<void>((resolve) => (finish = resolve));
    const working = asyncLocalStorage.run(context, () => heartbeating(body));
    pass();
    assert.ok(beats >= 3, `expected several heartbeats, got ${beats}`);
    finish();
    await working;
    const before = beats;
    pass();
    assert.equal(beats, before);
  });
});
