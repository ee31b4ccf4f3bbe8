import assert from 'node:assert/strict';
import { ApplicationFailure, asyncLocalStorage } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { publishingUnpublished } from '../../../activities/requests/publish-on-behalf.ts';
import { StoreCorruptError } from '../../../etcd/errors.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';

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
});
