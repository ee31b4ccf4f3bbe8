/** Checks of a creation that failed after its jobs were registered: nothing of it is left on routers, and every record is as it must be. */
import assert from 'node:assert/strict';
import type { GatewayOutcome } from '../../client/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { FailureType } from '../../gateway/failures.ts';
import { failedStackRecord, failedState } from '../../gateway/records.ts';
import { client, LOCK, UNLOCK } from '../simulator/device/scene.ts';
import { assertSameRunning, keysOf, putRaw, tracesOf } from './evidence.ts';
import type { RouterTrace } from './evidence.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import type { World } from './world.ts';

export interface Expected {
  readonly type: FailureType;
  readonly says: RegExp;
  /** The `job_state` that the creation had reached. Default: that of a gateway that is only registered. */
  readonly jobState?: unknown;
  /** `false`: the configuration has vanished, so nobody reads `/state`, and none is written. */
  readonly isTold?: false;
}

export async function failCreation(world: World, gateway: TestGateway, expected: Expected): Promise<void> {
  const before = tracesOf(world.routers);
  assertFailed(await world.create(gateway), expected);
  await assertUndone(world, gateway, before, expected);
}

export function assertFailed(outcome: GatewayOutcome, { type, says }: Expected) {
  assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
  assert.match(outcome.message, says);
  assert.equal(outcome.type, type);
  assert.deepEqual(outcome.compensation, []);
}

/** The routers run what they ran before, `/state` says why, and no other record or claim of the gateway is left. */
export async function assertUndone(
  world: World,
  gateway: TestGateway,
  before: readonly RouterTrace[],
  { says, jobState = {}, isTold }: Expected,
): Promise<void> {
  assertSameRunning(world.routers, before);
  const { version, body } = gateway.gateway;
  const states = (await world.history(KEYS.state(gateway))) as { version: number; error: string }[];
  const ofVersion = states.filter((state) => state.version === version);
  const keys = await keysOf(world, gateway);
  const stack = keys[KEYS.stack(gateway)] as { readonly status_reason: string };
  assert.equal(ofVersion.length, isTold === false ? 0 : 1, 'expected /state to be written once per version');
  const error = isTold === false ? stack.status_reason : (ofVersion[0]?.error ?? '');
  assert.match(error, says);
  const jobs = Object.keys(keys).filter((key) => key.startsWith('/jobs/'));
  const jobsOfVersion = jobs.filter((key) => key.includes(`:${gateway.resourceId}:${version}:`));
  assert.equal(jobsOfVersion.length, 2, 'expected both job records to stay readable');
  const others = Object.fromEntries(Object.entries(keys).filter(([key]) => !jobs.includes(key)));
  assert.deepEqual(others, {
    [KEYS.stack(gateway)]: failedStackRecord(gateway, String(body['tenant_id']), error),
    [KEYS.jobState(gateway)]: jobState,
    ...(isTold !== false && { [KEYS.state(gateway)]: failedState(version, error) }),
  });
}

/** Asserts that on every router the candidate is unlocked and without edits, and that no commit is pending. */
export async function assertCandidatesFree(world: World): Promise<void> {
  for (const { name, device } of world.routers) {
    assert.equal(device.snapshot().pending, undefined, `a commit is pending on ${name}`);
    const operator = client(device);
    await operator.ok(LOCK);
    assert.equal(await operator.compare(), '');
    await operator.ok(UNLOCK);
    operator.session.close();
  }
}

/** Asserts that the next version of a gateway that failed can be created. */
export async function assertCreatedNext(world: World, gateway: TestGateway): Promise<void> {
  gateway.gateway.version += 1;
  const { key, value } = recordOf(gateway.gateway);
  await putRaw(world, key, value);
  const outcome = await (await world.client.create(gateway)).result();
  assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
  const last = (await world.state(gateway)) as { version: number };
  assert.equal(last.version, gateway.gateway.version);
}
