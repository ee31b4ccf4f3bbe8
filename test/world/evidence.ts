/** What a creation leaves behind, in etcd and on routers: tests compare it with what there was before. */
import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import type { GatewayRef } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import type { LocalRouter } from '../../local/routers.ts';
import type { World } from './world.ts';

/** All that a router remembers of its visitors. */
export interface RouterTrace {
  readonly name: string;
  readonly running: string;
  /** Log lines of its commits, newest first. */
  readonly commits: readonly (string | undefined)[];
  /** Rises with every NETCONF session ever opened. */
  readonly lastSession: number;
}

export function tracesOf(routers: readonly LocalRouter[]): RouterTrace[] {
  return routers.map(({ name, device }) => {
    const { history, lastSession } = device.snapshot();
    return { name, running: device.running(), commits: history.map(({ log }) => log), lastSession };
  });
}

/** The routers run, byte for byte, what they ran before; whatever was committed meanwhile has been taken back. */
export function assertSameRunning(routers: readonly LocalRouter[], before: readonly RouterTrace[]): void {
  for (const [index, { name, running }] of tracesOf(routers).entries()) {
    assert.equal(running, before[index]?.running, `${name} runs something else than before`);
  }
}

/** Nothing was committed, and no session was ever opened. */
export function assertUntouched(routers: readonly LocalRouter[], before: readonly RouterTrace[]): void {
  assert.deepEqual(tracesOf(routers), before);
}

/** etcd's revision: rises by one with every transaction that writes, whoever makes it. */
export async function revisionOf(world: World): Promise<bigint> {
  return BigInt((await world.etcd.readAt('revision', '/')).revision);
}

const OURS = ['/jobs/', '/esi-worker/', '/state/', '/monitoring/', '/gateway-saga/'];

/** Keys written for a gateway, by it or in its name, with their values. */
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

/** Puts a key as it is: also what no JSON is. */
export function putRaw(world: World, key: string, value: string): Promise<void> {
  return writeRecords(world.stack.etcd.endpoints, [{ key, value }]);
}

export async function removeKeys(world: World, keys: readonly string[]): Promise<void> {
  const written = await world.etcd.write('remove', { unchanged: [], put: [], remove: keys });
  assert.equal(written.kind, 'applied');
}
