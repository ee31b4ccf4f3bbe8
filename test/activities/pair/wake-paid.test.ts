/** Who waits for a gateway of which a router has made what it owed is woken, whatever becomes of the rest of the transaction. */
import assert from 'node:assert/strict';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { wakingPaid } from '../../../activities/pair/wake-paid.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';
import type { OwedChange } from '../../../pair/router-record.ts';
import { clientThat, inActivity, scheduledNow } from '../activity.ts';

const FENCE = { reservation: 't.1', routers: ['one', 'other'], token: 1 } as const;
const owedOf = (resourceId: string): OwedChange => ({
  gateway: { resourceType: 'vpn_gateway', resourceId, version: 1 },
  role: 'primary',
  change: { before: null, after: null },
  since: '',
  reason: '',
});

describe('a transaction in which routers make what they owe', () => {
  /** What happened, in its order. */
  let done: string[];
  beforeEach(() => (done = []));

  /** One gateway waits for each. `isCurrent`: whether the attempt's fencing token still counts. */
  function storeWith(isCurrent = true) {
    return {
      payOwedChange: async (_: unknown, routerId: string, { gateway }: OwedChange) => {
        done.push(`paid ${gateway.resourceId} on ${routerId}`);
        return isCurrent;
      },
      waitersFor: async ({ resourceId }: GatewayRef) => {
        const gateway = { resourceType: 'static_route', resourceId: `behind-${resourceId}` };
        return [{ gateway, entry: { key: resourceId, value: undefined, modRevision: '1', lease: '0' } }];
      },
      holds: async () => ['unchanged'],
    };
  }

  function run<T>(work: (deps: Dependencies) => Promise<T>, isCurrent?: boolean, isAway = false): Promise<T> {
    const wake = (workflowId: string) => {
      if (isAway) throw new Error('Temporal is away');
      done.push(`woken ${workflowId}`);
    };
    const deps = { store: storeWith(isCurrent), kinds: 'the kinds' } as unknown as Dependencies;
    return inActivity(scheduledNow(), () => wakingPaid(deps, work), clientThat(wake));
  }

  const paying =
    (ids: readonly string[], then: () => string = () => 'the outcome') =>
    async ({ store }: Dependencies) => {
      for (const id of ids) await store.payOwedChange(FENCE, 'one', owedOf(id));
      done.push('the end');
      return then();
    };
  const woken = (id: string) =>
    `woken ${workflowIdOf({ resourceType: 'static_route', resourceId: `behind-${id}` })}`;

  it('wakes when it has ended, so that no router is locked meanwhile, and each once', async () => {
    assert.equal(await run(paying(['a', 'b', 'a'])), 'the outcome');
    const paid = ['a', 'b', 'a'].map((id) => `paid ${id} on one`);
    assert.deepEqual(done, [...paid, 'the end', woken('a'), woken('b')]);
  });

  it('wakes those also if it fails afterwards', async () => {
    const fail = () => {
      throw new Error('a session was lost');
    };
    await assert.rejects(run(paying(['a'], fail)), { message: 'a session was lost' });
    assert.deepEqual(done, ['paid a on one', 'the end', woken('a')]);
  });

  it('wakes nobody if its token is void: then the change is owed still', async () => {
    const outcome = await run(async ({ store }) => store.payOwedChange(FENCE, 'one', owedOf('a')), false);
    assert.deepEqual([outcome, done], [false, ['paid a on one']]);
  });

  it('has what it has made, although nobody could be woken', async () => {
    assert.equal(await run(paying(['a']), true, true), 'the outcome');
  });

  it('uses everything else as it is', async () => {
    const used = await run(async ({ store, kinds }) => [await store.holds([]), kinds] as const);
    assert.deepEqual(used, [['unchanged'], 'the kinds']);
  });
});
