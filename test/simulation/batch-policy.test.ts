import assert from 'node:assert/strict';
import './workflow-globals.ts';
import { DEFAULT_POLICY, batchPolicyOf } from '../../gateway/policies.ts';
import { REQUEST_SIGNAL } from '../../pair/messages.ts';
import type { PairRequest } from '../../pair/messages.ts';
import { Execution, payloadOf, valueOf } from './temporal/execution.ts';
import type { Command, Job } from './temporal/execution.ts';

const ROUTERS = ['a', 'b'] as const;
const POLICY = batchPolicyOf({ ...DEFAULT_POLICY, patienceMs: 7 }, ROUTERS);
const MEMBER = {
  gateway: { resourceType: 'vpn_gateway', resourceId: 'g', version: 1 },
  run: 'run-1',
  name: 'g',
};
const REQUEST: PairRequest = {
  ...MEMBER,
  sequence: 1,
  replyTo: { workflowId: 'g', runId: '1', activityId: '1' },
  action: { kind: 'apply' },
};
const APPLIED = {
  applied: [MEMBER],
  refused: [],
  toRevert: [],
  commits: {},
  confirmBy: null,
  verdictMs: 60_000,
};

describe("a pair's workflow", () => {
  const sent = (...requests: readonly PairRequest[]): Job => ({
    signalWorkflow: { signalName: REQUEST_SIGNAL, input: requests.map(payloadOf) },
  });
  const done = (seq: number | undefined, result: unknown): Job => ({
    resolveActivity: { seq: seq ?? 0, result: { completed: { result: payloadOf(result) } } },
  });

  /** A new pair that has reserved its routers for the gateways of these requests. */
  async function reserved(...requests: readonly PairRequest[]) {
    const start = { workflowId: 'p', runId: '1', firstRunId: '1', originalRunId: '1', type: 'routerPair' };
    const args = [payloadOf({ routers: ROUTERS })];
    const pair = new Execution({ ...start, args }, 10_000, () => 0);
    const inputs = new Map<string, unknown>();
    const happens = async (job: Job): Promise<Map<string, number>> => {
      pair.jobs.push(job);
      return scheduled(await pair.activate(), inputs);
    };
    const { reserve } = Object.fromEntries(await happens(sent(...requests)));
    const begun = await happens(done(reserve, { kind: 'reserved', leftover: [], policy: POLICY }));
    return { inputs, happens, apply: begun.get('apply') };
  }

  it('hands the policy of its reservation to all that is done under it', async () => {
    const { inputs, happens, apply } = await reserved(REQUEST);
    await happens(done(apply, APPLIED));
    await happens(sent({ ...REQUEST, sequence: 2, action: { kind: 'revert', reason: 'cancelled' } }));
    for (const name of ['apply', 'settle'])
      assert.deepEqual((inputs.get(name) as { policy?: unknown } | undefined)?.policy, POLICY, name);
  });

  it('takes every request that a signal carries, in their order', async () => {
    const other = { ...REQUEST, run: 'run-2', gateway: { ...REQUEST.gateway, resourceId: 'h' } };
    const { inputs } = await reserved(REQUEST, other);
    const { members } = inputs.get('apply') as { readonly members: readonly { readonly run: string }[] };
    assert.deepEqual(
      members.map(({ run }) => run),
      ['run-1', 'run-2'],
    );
  });

  it('gives the routers back once one that it waits for is held', async () => {
    const { happens, apply } = await reserved(REQUEST);
    const waiting = await happens(done(apply, { kind: 'blocked', why: 'MX-1: locked', lookedMs: 20 }));
    const held = await happens(done(waiting.get('awaitRouters'), { kind: 'held', lookedMs: 300 }));
    assert.deepEqual([...held.keys()], ['endReservation']);
    assert.deepEqual([...(await happens(done(held.get('endReservation'), []))).keys()], ['reserve']);
  });
});

/** Numbers of the activities that these commands schedule, by name. */
function scheduled(commands: readonly Command[], inputs: Map<string, unknown>): Map<string, number> {
  return new Map(
    commands.flatMap(({ scheduleActivity }): [string, number][] => {
      if (!scheduleActivity) return [];
      const { activityType, seq, arguments: given } = scheduleActivity;
      inputs.set(activityType ?? '', valueOf(given?.[0]));
      return [[activityType ?? '', seq ?? 0]];
    }),
  );
}
