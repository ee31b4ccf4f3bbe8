import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/activity';
import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { wakeWaiters, wakingWaiters } from '../../activities/wake-waiters.ts';
import type { Waiter } from '../../etcd/waiting.ts';
import { WAKE_WAITERS } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { inActivity, scheduledNow } from './activity.ts';

/** gRPC's codes. */
const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;

function refusalWith(code: number): Error {
  return Object.assign(new Error('refused'), { code });
}

const PARENT = { resourceType: 'vpn_gateway', resourceId: 'p' };

/** So many waiters, in their order, and what was done with them. At each look, up to 40 of those that were woken have registered. */
class Crowd {
  readonly signalled: string[] = [];
  /** Who has ended, as the signals say. */
  readonly ended = new Set<string>();
  readonly started: string[] = [];
  readonly forgotten: string[] = [];
  /** Woken, and not registered yet. */
  readonly working: string[] = [];
  mostWorking = 0;
  looks = 0;
  readonly #waiting: Waiter[];
  readonly #gone: ReadonlySet<string>;

  constructor(count: number, gone: readonly number[] = []) {
    this.#waiting = Array.from({ length: count }, (_, number) => {
      const gateway = { resourceType: 'static_route', resourceId: `${number}` };
      const entry = { key: `${number}`, value: undefined, modRevision: `${number}`, lease: '0' };
      return { gateway, entry };
    });
    this.#gone = new Set(gone.map((number) => `static_route:${number}`));
  }

  get ids(): readonly string[] {
    return this.#waiting.map(({ gateway }) => workflowIdOf(gateway));
  }

  readonly store = {
    waitersFor: async () => [...this.#waiting],
    whoWait: async (waiters: readonly Waiter[]) => {
      this.looks += 1;
      this.working.splice(0, 40);
      return waiters.filter(({ gateway }) => this.working.includes(workflowIdOf(gateway)));
    },
    forgetWaiter: async ({ gateway }: Waiter) => void this.forgotten.push(workflowIdOf(gateway)),
  };

  readonly #client = {
    workflow: {
      getHandle: (workflowId: string) => ({
        signal: async (_: string, ended: GatewayRef) => {
          this.ended.add(workflowIdOf(ended));
          if (this.#gone.has(workflowId)) throw new WorkflowNotFoundError('gone', workflowId, undefined);
          this.signalled.push(workflowId);
          this.working.push(workflowId);
          this.mostWorking = Math.max(this.mostWorking, this.working.length);
        },
      }),
      signalWithStart: async (type: string, { workflowId }: { workflowId: string }) =>
        void this.started.push(`${type} ${workflowId}`),
    },
  };

  wake(): Promise<void> {
    return inActivity(scheduledNow(), () => wakeWaiters(this.store, PARENT), this.#client);
  }

  work(cancel?: AbortController): Promise<void> {
    const work = () => wakingWaiters({ store: this.store })(PARENT);
    return inActivity(scheduledNow(), work, this.#client, cancel);
  }
}

describe('those that wait for a gateway that has ended', () => {
  it('are woken in their order by whoever has ended, if they are few', async () => {
    const crowd = new Crowd(64);
    await crowd.wake();
    assert.deepEqual(crowd.signalled, crowd.ids);
    assert.deepEqual([crowd.started, crowd.looks], [[], 0]);
    assert.deepEqual([...crowd.ended], [workflowIdOf(PARENT)]);
  });

  it('do not undo the end of whoever has ended if Temporal refuses a wake for good, and are woken later if it refuses it for now', async () => {
    const refusing = (code: number, count: number) => {
      const refuse = () => Promise.reject(new ServiceError('refused', { cause: refusalWith(code) }));
      const workflow = { getHandle: () => ({ signal: refuse }), signalWithStart: refuse };
      return inActivity(scheduledNow(), () => wakeWaiters(new Crowd(count).store, PARENT), { workflow });
    };
    for (const count of [1, 1_000]) {
      await refusing(PERMISSION_DENIED, count);
      await assert.rejects(refusing(UNAVAILABLE, count), ServiceError);
    }
  });

  it('cost whoever has ended one call to Temporal, if they are many', async () => {
    const crowd = new Crowd(1_000);
    await crowd.wake();
    assert.deepEqual([crowd.signalled, crowd.started], [[], [`${WAKE_WAITERS} wakes:vpn_gateway:p`]]);
  });

  it('are woken in their order by the workflow, no more than 64 ahead of those that have registered', async () => {
    const crowd = new Crowd(400);
    await crowd.work();
    assert.deepEqual(crowd.signalled, crowd.ids);
    assert.ok(crowd.mostWorking <= 64, `${crowd.mostWorking} worked at the same time`);
  });

  it('are forgotten if their workflows are gone, and keep nobody waiting', async () => {
    const gone = Array.from({ length: 200 }, (_, number) => number);
    const crowd = new Crowd(300, gone);
    await crowd.work();
    assert.deepEqual([crowd.forgotten.length, crowd.signalled.length], [200, 100]);
  });

  it('are left to another worker by one that is told to end', async () => {
    const crowd = new Crowd(400);
    const cancel = new AbortController();
    const { whoWait } = crowd.store;
    crowd.store.whoWait = async (waiters) => {
      cancel.abort(new CancelledFailure('the worker ends'));
      return whoWait(waiters);
    };
    await assert.rejects(crowd.work(cancel), CancelledFailure);
    assert.equal(crowd.signalled.length, 72);
  });
});
