import assert from 'node:assert/strict';
import { EtcdPermissionDeniedError, GRPCDeadlineExceededError, GRPCUnavailableError } from 'etcd3';
import { AS_IT_IS, avoidances } from '../../etcd/policies.ts';

const failing = (error: Error) => {
  const call = async () => {
    call.count += 1;
    throw error;
  };
  call.count = 0;
  return call;
};

describe('a single endpoint', () => {
  it('gets one request per call, and another one by the next call', async () => {
    const error = new GRPCUnavailableError('gone');
    const call = failing(error);
    await assert.rejects(AS_IT_IS.execute(call), error);
    await assert.rejects(AS_IT_IS.execute(call), error);
    assert.equal(call.count, 2);
  });
});

describe('one of several endpoints', () => {
  const setUp = () => {
    const clock = { time: 0 };
    const policies = avoidances(() => clock.time);
    return { clock, policy: policies(), other: policies() };
  };

  for (const error of [new GRPCUnavailableError('gone'), new GRPCDeadlineExceededError('late')]) {
    it(`is avoided for a while after ${error.constructor.name}, then gets requests again`, async () => {
      const { clock, policy } = setUp();
      const call = failing(error);
      await assert.rejects(policy.execute(call), error);
      clock.time = 1_999;
      await assert.rejects(policy.execute(call), { message: error.message });
      assert.equal(call.count, 1);
      clock.time = 2_000;
      assert.equal(await policy.execute(async () => 'back'), 'back');
    });
  }

  it('gets a request of one call alone after that while, and of all calls once that one was answered', async () => {
    const { clock, policy } = setUp();
    await assert.rejects(policy.execute(failing(new GRPCDeadlineExceededError('late'))));
    clock.time = 2_000;
    let answer: (word: string) => void = () => undefined;
    const first = policy.execute(() => new Promise<string>((resolve) => (answer = resolve)));
    const second = failing(new Error('no call gets here'));
    await assert.rejects(policy.execute(second), { message: 'late' });
    assert.equal(second.count, 0);
    answer('back');
    assert.equal(await first, 'back');
    assert.equal(await policy.execute(async () => 'there'), 'there');
  });

  it('gets a request though it failed when all others failed too', async () => {
    const { policy, other } = setUp();
    await assert.rejects(policy.execute(failing(new GRPCUnavailableError('leader changed'))));
    await assert.rejects(other.execute(failing(new GRPCUnavailableError('leader changed'))));
    assert.equal(await policy.execute(async () => 'led'), 'led');
  });

  it('is not avoided any more once it has refused a request: that is an answer', async () => {
    const { clock, policy } = setUp();
    await assert.rejects(policy.execute(failing(new GRPCUnavailableError('gone'))));
    clock.time = 2_000;
    const refused = failing(new EtcdPermissionDeniedError('no'));
    let answer: (word: string) => void = () => undefined;
    await assert.rejects(policy.execute(refused), EtcdPermissionDeniedError);
    const trial = policy.execute(() => new Promise<string>((resolve) => (answer = resolve)));
    assert.equal(await policy.execute(async () => 'beside it'), 'beside it');
    answer('there');
    assert.equal(await trial, 'there');
  });

  it('is not avoided for having refused a request', async () => {
    const { policy } = setUp();
    const call = failing(new EtcdPermissionDeniedError('no'));
    await assert.rejects(policy.execute(call), EtcdPermissionDeniedError);
    assert.equal(await policy.execute(async () => 'yes'), 'yes');
  });
});
