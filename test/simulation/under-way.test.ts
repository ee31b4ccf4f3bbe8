import assert from 'node:assert/strict';
import { CallsUnderWay } from './under-way.ts';

describe('calls under way', () => {
  const attempt = {};
  const step = (call: string) => ({ attempt, activity: 'settle', call });
  const calls = (underWay: CallsUnderWay) => underWay.unawaited.map(({ call }) => call);

  it('are none if each one was answered before its activity ended', () => {
    const underWay = new CallsUnderWay();
    underWay.begin(step('etcd plans 1'), false)();
    underWay.begin(step('etcd mark settled 1'), true)();
    underWay.end(attempt, 'completed');
    assert.deepEqual(calls(underWay), []);
  });

  it('are told if an activity completes while they are open, though another one of the same name was answered', () => {
    const underWay = new CallsUnderWay();
    underWay.begin(step('etcd plans later'), false);
    underWay.begin(step('etcd plans later'), false)();
    underWay.end(attempt, 'completed');
    assert.deepEqual(underWay.unawaited, [{ activity: 'settle', call: 'etcd plans later' }]);
  });

  it('are told if a write begins after its activity has ended, completed or failed', () => {
    for (const how of ['completed', 'failed'] as const) {
      const underWay = new CallsUnderWay();
      underWay.end(attempt, how);
      underWay.begin(step('etcd plans 1'), false);
      assert.deepEqual(calls(underWay), []);
      underWay.begin(step('etcd free claims 1'), true);
      assert.deepEqual(calls(underWay), ['etcd free claims 1']);
    }
  });

  it('are not told of an activity that failed, for which nobody waits any more, nor of people', () => {
    const underWay = new CallsUnderWay();
    underWay.begin(undefined, true);
    underWay.begin(step('etcd plans 1'), false);
    underWay.end(attempt, 'failed');
    assert.deepEqual(calls(underWay), []);
  });

  it('are told if another call begins beside a write, but for a look on behalf of all polls of the worker', () => {
    for (const activity of ['settle', 'poll']) {
      const underWay = new CallsUnderWay();
      const inActivity = (call: string) => ({ attempt, activity, call });
      underWay.begin(inActivity('etcd publish 1'), true);
      underWay.begin(inActivity('etcd publish 2'), true)();
      underWay.begin(inActivity('get-configuration 1'), false)();
      assert.deepEqual(calls(underWay), activity === 'poll' ? [] : ['etcd publish 1']);
    }
  });
});
