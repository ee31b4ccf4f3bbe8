import assert from 'node:assert/strict';
import { EtcdPermissionDeniedError, GRPCDeadlineExceededError, GRPCUnavailableError } from 'etcd3';
import { AS_IT_IS, avoidance } from '../../etcd/policies.ts';

const failing = (error: Error) => {
  const call = async () => {
    call.count += 1;
    throw error;
  };
  call.count = 0;
  return call;
};

describe('a single endpoint', () => {
  it('is asked once per call, and asked again by the next', async () => {
    const error = new GRPCUnavailableError('gone');
    const call = failing(error);
    await assert.rejects(AS_IT_IS.execute(call), error);
    await assert.rejects(AS_IT_IS.execute(call), error);
    assert.equal(call.count, 2);
  });
});

describe('one of several endpoints', () => {
  for (const error of [new GRPCUnavailableError('gone'), new GRPCDeadlineExceededError('late')]) {
    it(`is kept off for a while after ${error.constructor.name}, then asked again`, async () => {
      let time = 0;
      const policy = avoidance(() => time);
      const call = failing(error);
      await assert.rejects(policy.execute(call), error);
      time = 1_999;
      await assert.rejects(policy.execute(call), error);
      assert.equal(call.count, 1);
      time = 2_000;
      assert.equal(await policy.execute(async () => 'back'), 'back');
    });
  }

  it('is not kept off for having refused a request', async () => {
    const policy = avoidance(() => 0);
    const call = failing(new EtcdPermissionDeniedError('no'));
    await assert.rejects(policy.execute(call), EtcdPermissionDeniedError);
    assert.equal(await policy.execute(async () => 'yes'), 'yes');
  });
});
