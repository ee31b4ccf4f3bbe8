/** A pair's workflow goes on as long as a router owes something, in short histories, and pays without a request. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { QUEUE_QUERY, ROUTER_PAIR, WAKE_PAIR_SIGNAL, pairIdOf } from '../../pair/messages.ts';
import type { PairQueue, RouterOwing } from '../../pair/messages.ts';
import type { OwingLook, PayInput, PayOutcome } from '../../pair/transactions.ts';
import { kindRouters } from './kind-routers.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('a pair whose router is away and owes something', function () {
  this.timeout(120_000);
  const routers = [randomUUID(), randomUUID()].sort() as [string, string];
  let owing: readonly RouterOwing[];
  let isAway: boolean;
  let looks: number;
  let reservations: string[];
  let paid: PayInput[];
  let scene: WorkflowScene;
  before(async () => {
    const kind = kindRouters().activities as { reserve: (input: { reservation: string }) => unknown };
    scene = await openWorkflows('owing-workflows.ts', {
      ...kind,
      reserve: (input: { readonly reservation: string }) => {
        reservations.push(input.reservation);
        return kind.reserve(input);
      },
      endReservation: async () => owing,
      lookAtOwedChanges: async (): Promise<OwingLook> => {
        looks += 1;
        return isAway
          ? { routers: owing, ready: [], inTheWay: 'MX-1: no answer', isSlow: false }
          : { routers: owing, ready: owing.map(({ id }) => id), inTheWay: null, isSlow: false };
      },
      pay: async (input: PayInput): Promise<PayOutcome> => {
        paid.push(input);
        owing = [];
        return { inTheWay: null };
      },
    });
  });
  after(() => scene.close());
  beforeEach(() => {
    owing = [{ id: routers[0], name: 'MX-1', changes: 2 }];
    [isAway, looks, reservations, paid] = [true, 0, [], []];
  });

  const start = () =>
    scene.client.signalWithStart(ROUTER_PAIR, {
      workflowId: pairIdOf(routers),
      taskQueue: scene.taskQueue,
      args: [{ routers }],
      signal: WAKE_PAIR_SIGNAL,
      signalArgs: [],
    });
  const until = async (isSo: () => boolean | Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it('looks until the router is back, reserving nothing meanwhile; then it pays, and ends', async () => {
    const handle = await start();
    await until(() => looks > 5);
    const queue = await handle.query<PairQueue>(QUEUE_QUERY);
    assert.deepEqual([queue.phase, queue.owing?.routers], ['idle', owing]);
    assert.equal(reservations.length, 1);
    isAway = false;
    await handle.result();
    assert.deepEqual(
      paid.map(({ reservation, ids }) => ({ reservation, ids })),
      [{ reservation: reservations[1], ids: [routers[0]] }],
    );
    assert.equal(reservations.length, 2);
  });

  it('continues as new when its history is long enough, and pays in the end', async () => {
    const handle = await start();
    const { runId: first } = await handle.describe();
    const newest = () => scene.client.getHandle(pairIdOf(routers)).describe();
    await until(async () => (await newest()).runId !== first);
    const { historyLength } = await scene.client.getHandle(pairIdOf(routers), first).describe();
    assert.ok(historyLength < 4_500, `${historyLength} events`);
    assert.equal(reservations.length, 1);
    isAway = false;
    await scene.client.getHandle(pairIdOf(routers)).result();
    assert.equal(paid.length, 1);
  });
});
