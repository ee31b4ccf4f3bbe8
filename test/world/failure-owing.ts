/** A creation that fails, and of which a router owes the removal. */
import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { CHECK, client } from '../simulator/device/scene.ts';
import { keysOf, tracesOf, writeNewer } from './evidence.ts';
import type { Meanwhile } from './meanwhile.ts';
import type { World } from './world.ts';

/**
 * Makes a creation fail in such a way that the secondary owes the removal: an operator's commit makes the change permanent on the secondary, and then
 * that router becomes unreachable for good. So the revert can't be finished. Resolves to the name of the gateway's VRF.
 */
export async function failCreationOwing(
  world: World,
  meanwhile: Meanwhile,
  gateway: TestGateway,
): Promise<string> {
  const { secondary } = world.pairOf(gateway);
  const before = tracesOf(world.routers);
  meanwhile.before('recordStack', async () => {
    const operator = client(secondary.device);
    await operator.ok(CHECK);
    operator.session.close();
    secondary.server.setReachable(false);
    await writeNewer(world, gateway);
  });
  const outcome = await world.create(gateway);
  assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
  assert.equal(outcome.type, FAILURES.Superseded);
  assert.equal(outcome.message, 'superseded by version 2 of the configuration');
  const [line = '', ...more] = outcome.compensation;
  assert.deepEqual(more, []);
  assert.match(
    line,
    new RegExp(
      `^revert on MX-1, MX-2: owed on ${secondary.name} \\(router ${secondary.name} .*can't be reached.*\\)$`,
    ),
  );
  const [state, ...others] = (await world.history(KEYS.state(gateway))) as { error: string }[];
  assert.deepEqual(others, []);
  assert.equal(state?.error, `${outcome.message}; undo failed: ${line}`);

  const { primary } = world.pairOf(gateway);
  assert.equal(primary.device.running(), before[world.routers.indexOf(primary)]?.running);
  const old = String(gateway.gateway.body['vrf_name']);
  assert.match(secondary.device.running(), new RegExp(`${old} \\{`));
  const kept = Object.keys(await keysOf(world, gateway));
  assert.equal(kept.filter((key) => key.startsWith('/gateway-saga/claims/')).length, 6);
  assert.ok(kept.includes(KEYS.plan(gateway)));
  const owedChanges = kept.filter((key) => key.startsWith('/gateway-saga/owed-changes/'));
  assert.deepEqual(
    owedChanges.map((key) => key.includes(secondary.id)),
    [true],
  );
  return old;
}
