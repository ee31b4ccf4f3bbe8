/** A pair that publishes for sagas that are gone, while their ends can't be published: a person must mend a record first. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import type { AnswerInput } from '../../activities/requests/answer.ts';
import type { PublishOnBehalfInput } from '../../activities/requests/publish-on-behalf.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { REQUEST_SIGNAL, ROUTER_PAIR, pairIdOf } from '../../pair/messages.ts';
import type { PairRequest } from '../../pair/messages.ts';
import type { PermittedMember } from '../../pair/router-record.ts';
import type { ReserveInput } from '../../pair/transactions.ts';
import { kindRouters } from './kind-routers.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('a pair that can’t publish how a gateway ended', function () {
  this.timeout(60_000);
  const routers = [randomUUID(), randomUUID()].sort() as [string, string];
  const left = { gateway: gatewayOf('left behind'), run: 'an earlier run' };
  const answered: string[] = [];
  /** Names of those that were to be published, one list for each attempt. */
  const refused: string[][] = [];
  let leftover: readonly PermittedMember[] = [left];
  let isMended = false;
  let scene: WorkflowScene;
  const publish = async (ended: readonly PublishOnBehalfInput[]) => {
    refused.push(ended.map(({ member }) => member.gateway.resourceId));
    if (!isMended) throw ApplicationFailure.nonRetryable('a record can’t be read', FAILURES.StoreCorrupt);
    return [];
  };
  before(async () => {
    const kind = kindRouters().activities as { reserve: (input: ReserveInput) => Promise<object> };
    scene = await openWorkflows('owing-workflows.ts', {
      ...kind,
      reserve: async (input: ReserveInput) => {
        const found = leftover;
        leftover = [];
        return { ...(await kind.reserve(input)), leftover: found };
      },
      endReservation: async () => [],
      answer: async ({ answers }: AnswerInput) => {
        answered.push(...answers.map(({ replyTo }) => replyTo.workflowId));
        return answers.map(() => 'delivered');
      },
      publishOnBehalf: (ended: PublishOnBehalfInput) => publish([ended]),
      publishUnpublished: publish,
    });
  });
  after(() => scene.close());

  const request = (name: string) =>
    scene.client.signalWithStart(ROUTER_PAIR, {
      workflowId: pairIdOf(routers),
      taskQueue: scene.taskQueue,
      args: [{ routers }],
      signal: REQUEST_SIGNAL,
      signalArgs: [
        {
          gateway: gatewayOf(name),
          run: `run of ${name}`,
          name,
          sequence: 1,
          action: { kind: 'revert', reason: 'cancelled' },
          replyTo: { workflowId: name, runId: 'r', activityId: '1' },
        } satisfies PairRequest,
      ],
    });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it('serves the others meanwhile, tries again, and ends once all are published', async () => {
    const handle = await request('a');
    await until(() => refused.some((names) => names.length === 2));
    assert.deepEqual(refused[0], ['left behind']);
    assert.deepEqual(refused.at(-1), ['left behind', 'a']);
    await request('b');
    await until(() => answered.includes('b'));
    await until(() => refused.at(-1)?.length === 3);
    isMended = true;
    await handle.result();
    assert.deepEqual(answered, ['a', 'b']);
  });
});

function gatewayOf(resourceId: string) {
  return { resourceType: 'vpn_gateway', resourceId, version: 1 };
}
