import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/activity';
import { ServiceError } from '@temporalio/client';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { publishingUnchanged } from '../../../activities/saga/publish-unchanged.ts';
import { clientThat, inActivity, scheduledNow } from '../activity.ts';

const GATEWAY = { resourceType: 'vpn_gateway', resourceId: 'p', version: 2 };
const WAITERS = Array.from({ length: 20 }, (_, number) => ({
  gateway: { resourceType: 'static_route', resourceId: `${number}` },
  entry: { key: `${number}`, value: undefined, modRevision: '1', lease: '0' },
}));
const INPUT = {
  gateway: GATEWAY,
  run: 'run-1',
  routers: { primary: 'r-1', secondary: 'r-2' },
  jobs: ['only'],
};
/** What the SDK says of a cancel. `requested`: by the workflow. Otherwise the worker ends. */
const cancelOf = (requested: boolean) => ({ cancelRequested: requested, workerShutdown: !requested });

describe('the wakes at the end of an update that changes nothing', () => {
  let published: boolean;
  let woken: string[];
  let stop: AbortController;
  /** How the SDK says why `stop` was fired. */
  let details: { details?: unknown };
  beforeEach(() => {
    published = false;
    woken = [];
    stop = new AbortController();
    details = {};
  });
  const cancel = (requested: boolean) => {
    details.details = cancelOf(requested);
    stop.abort(new CancelledFailure('cancelled'));
  };
  const store = {
    recordStack: async () => ({ kind: 'recorded' }),
    publish: async () => {
      published = true;
      return { kind: 'published', isAwaited: true };
    },
    state: async () =>
      published
        ? { version: 2, revision: '9', workerState: 'MODIFY_COMPLETED', error: '' }
        : { version: 1, revision: '8', workerState: 'CREATE_COMPLETED', error: '' },
    waitersFor: async () => WAITERS,
  };
  const attempt = (wake: (workflowId: string) => void = (id) => void woken.push(id)) =>
    inActivity(
      scheduledNow(),
      () => publishingUnchanged({ store, policy: {} } as unknown as Dependencies)(INPUT),
      clientThat(wake),
      stop,
      details,
    );

  it('are made by the next attempt if Temporal is away', async () => {
    const away = () => {
      throw new ServiceError('away', { cause: Object.assign(new Error('away'), { code: 14 }) });
    };
    await assert.rejects(attempt(away));
    assert.equal(published, true);
    // The records have gone on since, so this attempt only finds that it is published.
    const { recordStack } = store;
    store.recordStack = async () => ({ kind: 'lost', found: '{}' });
    assert.deepEqual(await attempt(), []);
    store.recordStack = recordStack;
    assert.equal(woken.length, WAITERS.length);
  });

  it('are made in spite of a cancel that comes after the publication', async () => {
    const seen = await attempt((id) => {
      cancel(true);
      woken.push(id);
    });
    assert.deepEqual(seen, []);
    assert.equal(woken.length, WAITERS.length);
  });

  it('are left to the next attempt if the worker ends', async () => {
    await assert.rejects(
      attempt((id) => {
        cancel(false);
        woken.push(id);
      }),
      CancelledFailure,
    );
    assert.ok(woken.length < WAITERS.length, String(woken.length));
  });
});
