/** Reads what a creation has left in etcd and on routers, so that a test can compare it with the state before. */
import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import type { GatewayRef } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import type { World } from './world.ts';

/** Everything by which a router shows that it was used. */
export interface RouterTrace {
  readonly name: string;
  readonly running: string;
  /** Log lines of its commits, newest first. */
  readonly commits: readonly (string | undefined)[];
  /** Number of NETCONF sessions that were ever opened. */
  readonly lastSession: number;
}

export function tracesOf(routers: readonly LocalRouter[]): RouterTrace[] {
  return routers.map(({ name, device }) => {
    const { history, lastSession } = device.snapshot();
    return { name, running: device.running(), commits: history.map(({ log }) => log), lastSession };
  });
}

/** Asserts that the running configurations are the same as before, byte for byte. Commits may have been made and reverted meanwhile. */
export function assertSameRunning(routers: readonly LocalRouter[], before: readonly RouterTrace[]): void {
  for (const [index, { name, running }] of tracesOf(routers).entries()) {
    assert.equal(running, before[index]?.running, `${name} runs something else than before`);
  }
}

/** Asserts that since `before` nothing was committed and no session was opened. */
export function assertUntouched(routers: readonly LocalRouter[], before: readonly RouterTrace[]): void {
  assert.deepEqual(tracesOf(routers), before);
}

/** etcd's revision. It rises by one with every transaction that writes. */
export async function revisionOf(world: World): Promise<bigint> {
  return BigInt((await world.etcd.readNow('revision', ['/'])).revision);
}

const OURS = ['/jobs/', '/esi-worker/', '/state/', '/monitoring/', '/gateway-saga/'];

/** All keys that gateway-saga has written for a gateway, with their values. */
export async function keysOf(world: World, { resourceId }: GatewayRef): Promise<Record<string, unknown>> {
  const etcd = new Etcd3({ hosts: [...world.stack.etcd.endpoints] });
  try {
    const found: Record<string, unknown> = {};
    for (const prefix of OURS) {
      for (const [key, value] of Object.entries(await etcd.getAll().prefix(prefix).strings())) {
        if (key.includes(resourceId) || value.includes(resourceId)) found[key] = JSON.parse(value);
      }
    }
    return found;
  } finally {
    etcd.close();
  }
}

/** Writes a value as it is, even if it is no JSON. */
export function putRaw(world: World, key: string, value: string): Promise<void> {
  return writeRecords(world.stack.etcd.endpoints, [{ key, value }]);
}

/** Writes a newer version of the gateway's configuration. If a change to the present version is not kept yet, it is reverted because of that. */
export function writeNewer(world: World, { gateway }: TestGateway): Promise<void> {
  const { key, value } = recordOf({ ...gateway, version: gateway.version + 1 });
  return putRaw(world, key, value);
}

export async function removeKeys(world: World, keys: readonly string[]): Promise<void> {
  const written = await world.etcd.write('remove', { unchanged: [], put: [], remove: keys });
  assert.equal(written.kind, 'applied');
}
