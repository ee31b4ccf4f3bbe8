import assert from 'node:assert/strict';
import { ApplicationFailure, asyncLocalStorage } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { publishingUnpublished } from '../../../activities/requests/publish-on-behalf.ts';
import { StoreCorruptError } from '../../../etcd/errors.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';
import { clientThat, inActivity, scheduledNow } from '../activity.ts';

const MEMBERS = ['a', 'b', 'c'].map((resourceId) => ({
  gateway: { resourceType: 'vpn_gateway', resourceId, version: 1 },
  run: 'run-1',
  name: resourceId,
}));

describe('publishing for sagas that are gone', () => {
  it('tells of all others, though a record of one can’t be read, and says so', async () => {
    const published: string[] = [];
    const end = { monitors: [] };
    const routers = { primary: { after: end }, secondary: { after: end } };
    const store = {
      states: async () => MEMBERS.map(() => undefined),
      planRecord: async ({ resourceId }: GatewayRef) => {
        if (resourceId === 'a') throw new StoreCorruptError('/plan/a', 'it is not valid JSON');
        return { gateway: { version: 1 }, run: 'run-1', jobs: [], routers, kept: true };
      },
      recordKept: async () => undefined,
      publish: async ({ gateway }: { gateway: GatewayRef }) => {
        published.push(gateway.resourceId);
        return { kind: 'published' };
      },
    };
    const describeNone = async () => {
      throw new WorkflowNotFoundError('not found', 'w', undefined);
    };
    const client = { workflow: { getHandle: () => ({ describe: describeNone }) } };
    const context = {
      client,
      info: {},
      cancellationSignal: new AbortController().signal,
    } as unknown as Context;
    const deps = { store, policy: { retentionSeconds: 60 } } as unknown as Dependencies;
    const publish = () =>
      publishingUnpublished(deps)(MEMBERS.map((member) => ({ member, outcome: { kind: 'kept' } })));
    await assert.rejects(
      asyncLocalStorage.run(context, publish),
      (error: unknown) => error instanceof ApplicationFailure && error.type === FAILURES.StoreCorrupt,
    );
    assert.deepEqual(published, ['b', 'c']);
  });

  it('frees claims and wakes at the next attempt what an attempt that died has published', async () => {
    const freed: string[] = [];
    const woken: string[] = [];
    const published = { version: 1, revision: '9', workerState: 'CREATE_FAILED', error: 'x' };
    const waiterOf = ({ resourceId }: GatewayRef) => ({
      gateway: { resourceType: 'static_route', resourceId: `of-${resourceId}` },
      entry: { key: resourceId, value: undefined, modRevision: '1', lease: '0' },
    });
    const store = {
      states: async () => MEMBERS.map(() => published),
      plans: async () => MEMBERS.map(() => undefined),
      freeClaims: async ({ resourceId }: GatewayRef) => {
        freed.push(resourceId);
        if (resourceId === 'a') throw new StoreCorruptError('/plan/a', 'it is not valid JSON');
        return true;
      },
      waitersFor: async (gateway: GatewayRef) => [waiterOf(gateway)],
    };
    const deps = { store } as unknown as Dependencies;
    const outcome = { kind: 'reverted', type: FAILURES.Cancelled, reason: 'x', owedOn: [] } as const;
    const publish = () => publishingUnpublished(deps)(MEMBERS.map((member) => ({ member, outcome })));
    const client = clientThat((workflowId) => void woken.push(workflowId));
    assert.deepEqual(await inActivity(scheduledNow(), publish, client), []);
    assert.deepEqual(freed, ['a', 'b', 'c']);
    assert.deepEqual(woken, ['static_route:of-a', 'static_route:of-b', 'static_route:of-c']);
  });
});
