import assert from 'node:assert/strict';
import { awaitingOwedDeletion } from '../../../activities/saga/owed-deletion.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import type { OwedDeletion } from '../../../etcd/owed-deletion.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { inActivity, scheduledNow } from '../activity.ts';

const INPUT = {
  gateway: { resourceType: 'vpn_gateway', resourceId: 'g-1', version: 2 },
  run: 'run-2',
  owe: { router: 'router-2', reason: 'burnt', by: 'alice@jump' },
  routers: ['router-1', 'router-2'],
} as const;

describe('waiting for a deletion that one router makes and the other one owes', () => {
  let wakes: number;
  let looks: OwedDeletion[];
  beforeEach(() => (wakes = 0));

  /** Waits. Each look finds the next one of `looks`. */
  const wait = () => {
    const store = {
      owedDeletion: async () => looks.shift(),
      snapshot: () => ({ read: async () => ({ kind: 'missing' }) }),
    };
    const deps = { store, policy: DEFAULT_POLICY } as unknown as Dependencies;
    const client = {
      workflow: {
        signalWithStart: async () => {
          wakes += 1;
          throw new Error('no answer');
        },
      },
    };
    return inActivity(scheduledNow(), () => awaitingOwedDeletion(deps)(INPUT), client);
  };

  it('goes on although the wake of the pair gets no answer', async () => {
    looks = [{ kind: 'undecided' }, { kind: 'undecided' }, { kind: 'kept', isDropped: false }];
    assert.deepEqual(await wait(), { kind: 'kept', isDropped: false });
    assert.deepEqual([wakes, looks], [2, []]);
  });

  it('wakes the pair once it is decided: nobody may have told it yet what the other router owes', async () => {
    looks = [{ kind: 'kept', isDropped: false }];
    assert.deepEqual(await wait(), { kind: 'kept', isDropped: false });
    assert.equal(wakes, 1);
  });

  it('wakes nobody once it is decided, if the other router owes nothing', async () => {
    looks = [{ kind: 'kept', isDropped: true }];
    assert.deepEqual(await wait(), { kind: 'kept', isDropped: true });
    assert.equal(wakes, 0);
  });
});
