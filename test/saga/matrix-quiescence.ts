/** What must be true once all has come to rest: there is one outcome in `/state`, and both routers agree with it. */
import assert from 'node:assert/strict';
import { presenceOf } from '../../activities/router/presence.ts';
import type { GatewayRun } from '../../client/index.ts';
import type { Store } from '../../etcd/store.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { parse } from '../../junos/parse.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { client, LOCK, UNLOCK } from '../simulator/device/scene.ts';
import { assertSameRunning, tracesOf } from '../world/evidence.ts';
import type { RouterTrace } from '../world/evidence.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import type { Site } from './site.ts';

export interface Expected {
  readonly gateway: TestGateway;
  readonly run: GatewayRun;
  readonly ends: 'created' | 'not converged';
  readonly routers: readonly [LocalRouter, LocalRouter];
  /** What the routers showed before the request; nothing else changes these routers. */
  readonly before: readonly RouterTrace[];
}

export async function assertAtRest(site: Site, store: Store, expected: Expected): Promise<void> {
  const { gateway, run, ends, routers, before } = expected;
  const outcome = await run.result();
  const told = JSON.stringify(outcome);
  if (ends === 'created') assert.equal(outcome.kind, 'created', told);
  else {
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.NotConverged, told);
    assert.deepEqual(outcome.compensation, []);
  }
  const states = (await site.states(gateway)) as { state: { worker_state: string } }[];
  assert.deepEqual(
    states.map(({ state }) => state.worker_state),
    [ends === 'created' ? 'CREATE_COMPLETED' : 'CREATE_FAILED'],
  );
  if (ends === 'created') await assertWhole(store, expected);
  else assertSameRunning(routers, before);
  for (const router of routers) await assertLeft(store, router);
  for (const [index, { name, commits }] of tracesOf(routers).entries()) {
    const made = commits.slice(0, commits.length - (before[index]?.commits.length ?? 0));
    const what = `${name}: ${made.join('; ')}`;
    // A check confirms. But a worker that has never seen that router mark a pending commit confirms by a commit: without a mark, it can't know that
    // nothing is pending.
    const rest = made.filter((log) => !log?.includes(' until '));
    const word = ends === 'created' ? / kept/ : / reverted:/;
    assert.ok(rest.length <= 1 && rest.every((log) => word.test(log ?? '')), what);
    if (ends !== 'created') assert.equal(rest.length, 1, what);
    assert.equal(made.filter((log) => log?.includes(' until ')).length, 1, what);
  }
}

export async function assertWhole(
  store: Store,
  { gateway, routers }: Pick<Expected, 'gateway' | 'routers'>,
): Promise<void> {
  const plan = await store.planRecord(gateway);
  assert.ok(plan, 'its plan is gone');
  for (const change of Object.values(plan.routers)) {
    const { id } = change;
    const router = routers.find((one) => one.id === id);
    assert.ok(router, `${id} is none of its routers`);
    assert.equal(presenceOf(parse(router.device.running()), { change }).kind, 'after', router.name);
  }
}

/** Asserts that a router has nothing on trial, no lock, no edits and no reservation, and owes nothing. */
export async function assertLeft(store: Store, { id, name, device }: LocalRouter): Promise<void> {
  assert.equal(device.snapshot().pending, undefined, `${name}: something is pending`);
  const givenUp = Date.now() + 10_000;
  while ((await store.router(id)).reservation !== null && Date.now() < givenUp)
    await new Promise((resolve) => setTimeout(resolve, 100));
  // Who ended a hold does not matter here.
  const { freed: _freed, ...record } = await store.router(id);
  assert.deepEqual(record, { reservation: null, maintenance: null, owedChanges: [] }, name);
  const visitor = client(device);
  await visitor.ok(LOCK);
  assert.equal(await visitor.compare(), '', name);
  await visitor.ok(UNLOCK);
  visitor.session.close();
}
