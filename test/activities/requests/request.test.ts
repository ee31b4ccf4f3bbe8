import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, asyncLocalStorage, CompleteAsyncError } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { requesting } from '../../../activities/requests/request.ts';
import { UnansweredRequests } from '../../../activities/requests/unanswered.ts';
import { PAIR_LIMITS } from '../../../pair/limits.ts';
import type { PairRequest } from '../../../pair/messages.ts';

/** A pair that takes each signal when it is told to. */
class SlowPair {
  /** The names in each signal. */
  readonly taken: string[][] = [];
  /** The saga on whose behalf each signal was sent. */
  readonly senders: (string | undefined)[] = [];
  /** The next signal fails. */
  fails = false;
  readonly #open: (() => void)[] = [];
  readonly #request = requesting(new UnansweredRequests({ holds: async () => [] }));

  get open(): number {
    return this.#open.length;
  }

  readonly #client = {
    workflow: {
      signalWithStart: async (_: string, { signalArgs }: { signalArgs: readonly PairRequest[] }) => {
        this.senders.push(activityInfo().workflowExecution?.workflowId);
        await new Promise<void>((resolve) => this.#open.push(resolve));
        if (this.fails) throw new Error('Temporal does not answer');
        this.taken.push(signalArgs.map(({ name }) => name));
        return { signaledRunId: 'run' };
      },
      getHandle: () => ({ describe: async () => ({ runId: 'run', status: { name: 'RUNNING' }, raw: {} }) }),
    },
  };

  /** Resolves once the request has been sent, or need not be sent any more. */
  ask(name: string, kind: 'apply' | 'confirm' = 'apply', waitMs = 60_000): Promise<void> {
    return assert.rejects(this.send(name, kind, waitMs), CompleteAsyncError);
  }

  /** Rejects with what the activity throws. */
  send(name: string, kind: 'apply' | 'confirm' = 'apply', waitMs = 60_000): Promise<unknown> {
    const info = {
      workflowExecution: { workflowId: name, runId: 'first' },
      activityId: '1',
      taskQueue: 'gateways',
      startToCloseTimeoutMs: waitMs,
    };
    const action = kind === 'apply' ? { kind } : { kind, trial: 't' };
    const gateway = { resourceType: 'static_route', resourceId: name, version: 1 };
    const request = { gateway, run: 'run-1', name, sequence: 1, action };
    const context = { client: this.#client, info } as unknown as Context;
    return asyncLocalStorage.run(context, () =>
      this.#request({ routers: ['a', 'b'], names: ['A', 'B'], request }),
    );
  }

  /** Resolves once a signal has come that is not taken yet. */
  async isSignalled(): Promise<void> {
    while (this.#open.length === 0) await sleep(1);
  }

  take(): void {
    this.#open.shift()?.();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('requests to a pair', () => {
  it('to be applied go alone if none is under way, and gather meanwhile, in the order in which they came', async () => {
    const pair = new SlowPair();
    const names = Array.from({ length: 1 + PAIR_LIMITS.requestsAtOnce + 2 }, (_, number) => `${number}`);
    const asked = names.map((name) => pair.ask(name));
    for (let signals = 0; signals < 3; signals += 1) {
      await pair.isSignalled();
      assert.equal(pair.open, 1);
      pair.take();
      await turn();
      assert.equal(pair.open, 0);
    }
    await Promise.all(asked);
    assert.deepEqual(pair.taken, [names.slice(0, 1), names.slice(1, -2), names.slice(-2)]);
    const later = pair.ask('later');
    await pair.isSignalled();
    pair.take();
    await later;
    assert.deepEqual(pair.taken.at(-1), ['later']);
    assert.deepEqual(
      pair.senders,
      pair.taken.map(([first]) => first),
    );
  });

  it('to confirm don’t wait behind them', async () => {
    const pair = new SlowPair();
    const asked = [pair.ask('first'), pair.ask('second'), pair.ask('kept', 'confirm')];
    await turn();
    assert.equal(pair.open, 2);
    for (let left = asked.length; left > 0; left -= 1) {
      await pair.isSignalled();
      pair.take();
    }
    await Promise.all(asked);
    assert.deepEqual(pair.taken, [['first'], ['kept'], ['second']]);
  });

  it('fail with the signal that carried them, and none of the others does', async () => {
    const pair = new SlowPair();
    const first = pair.ask('first');
    const gathered = [pair.send('a'), pair.send('b')].map((sent) =>
      assert.rejects(sent, /Temporal does not answer/),
    );
    await turn();
    pair.take();
    await first;
    pair.fails = true;
    await pair.isSignalled();
    pair.take();
    await Promise.all(gathered);
    pair.fails = false;
    const next = pair.ask('next');
    await pair.isSignalled();
    pair.take();
    await next;
    assert.deepEqual(pair.taken, [['first'], ['next']]);
  });

  it('that have waited too long for their turn are not sent: their sagas send them again', async () => {
    const pair = new SlowPair();
    const first = pair.ask('first');
    const others = [pair.ask('late', 'apply', 0), pair.ask('second')];
    await turn();
    pair.take();
    await pair.isSignalled();
    pair.take();
    await Promise.all([first, ...others]);
    assert.deepEqual(pair.taken, [['first'], ['second']]);
  });
});
