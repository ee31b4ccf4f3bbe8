import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { startFleet } from '../../bench/fleet.ts';
import { ownCommitsIn } from '../../bench/pair-history.ts';

describe('the routers of a measurement', function () {
  this.timeout(60_000);

  it('leave no process behind if some of them can not start', async () => {
    const children = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
    const before = children();
    // A router of the last process refuses its options.
    const device = (pair: number) => (pair === 100 ? { historyLength: -1 } : {});
    let pair = -1;
    const devices = {
      get primary() {
        pair += 1;
        return device(pair);
      },
      secondary: {},
    };
    await assert.rejects(startFleet(101, devices), /the simulated routers ended with 1/);
    // Node gives up a process a moment after it has told its end.
    while (children() > before) await setImmediate();
  });

  it('have a commit history that is counted only as long as nothing is missing in it', () => {
    const entry = (number: number) => ({ log: number === 0 ? 'somebody' : 'gateway-saga reservation' });
    const history = (length: number) => Array.from({ length }, (_, number) => entry(number));
    assert.equal(ownCommitsIn(history(49)), 48);
    assert.equal(ownCommitsIn(history(50)), undefined);
  });
});
