import assert from 'node:assert/strict';
import { asyncLocalStorage, CompleteAsyncError } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { requesting } from '../../../activities/requests/request.ts';
import { UnansweredRequests } from '../../../activities/requests/unanswered.ts';
import type { PairRequest } from '../../../pair/messages.ts';

/** A pair that takes each request when it is told to. */
class SlowPair {
  readonly taken: string[] = [];
  readonly #open: (() => void)[] = [];
  readonly #request = requesting(new UnansweredRequests({ holds: async () => [] }));

  get open(): number {
    return this.#open.length;
  }

  readonly #client = {
    workflow: {
      signalWithStart: async (_: string, { signalArgs: [{ name }] }: { signalArgs: [PairRequest] }) => {
        await new Promise<void>((resolve) => this.#open.push(resolve));
        this.taken.push(name);
        return { signaledRunId: 'run' };
      },
      getHandle: () => ({ describe: async () => ({ runId: 'run', status: { name: 'RUNNING' }, raw: {} }) }),
    },
  };

  /** Resolves once the request has been sent, or need not be sent any more. */
  ask(name: string, kind: 'apply' | 'confirm' = 'apply', waitMs = 60_000): Promise<void> {
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
    const sent = asyncLocalStorage.run(context, () =>
      this.#request({ routers: ['a', 'b'], names: ['A', 'B'], request }),
    );
    return assert.rejects(sent, CompleteAsyncError);
  }

  take(): void {
    this.#open.shift()?.();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('requests to a pair', () => {
  it('to be applied are sent eight at a time, in the order in which they came', async () => {
    const pair = new SlowPair();
    const names = Array.from({ length: 100 }, (_, number) => `${number}`);
    const asked = names.map((name) => pair.ask(name));
    let most = 0;
    while (pair.taken.length < names.length) {
      await turn();
      most = Math.max(most, pair.open);
      pair.take();
    }
    await Promise.all(asked);
    assert.deepEqual([most, pair.taken], [8, names]);
  });

  it('to confirm don’t wait behind them', async () => {
    const pair = new SlowPair();
    const asked = [
      ...Array.from({ length: 20 }, (_, number) => pair.ask(`${number}`)),
      pair.ask('kept', 'confirm'),
    ];
    await turn();
    assert.equal(pair.open, 9);
    for (let left = asked.length; left > 0; left -= 1) {
      pair.take();
      await turn();
    }
    await Promise.all(asked);
  });

  it('that have waited too long for their turn are not sent: their sagas send them again', async () => {
    const pair = new SlowPair();
    const first = Array.from({ length: 8 }, (_, number) => pair.ask(`${number}`));
    const late = pair.ask('late', 'apply', 0);
    await turn();
    for (let left = first.length; left > 0; left -= 1) pair.take();
    await Promise.all([...first, late]);
    assert.ok(!pair.taken.includes('late'));
  });
});
