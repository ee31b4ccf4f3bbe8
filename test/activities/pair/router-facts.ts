/** What an outsider sees on the routers. */
import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { parse } from '../../../junos/parse.ts';
import type { LocalRouter } from '../../../local/routers.ts';
import { exists } from '../../junos/forms.ts';
import { client, LOCK, UNLOCK } from '../../simulator/device/scene.ts';
import { ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';

/** Log lines of the router's commits, newest first. */
export function logsOf({ device }: LocalRouter): (string | undefined)[] {
  return device.snapshot().history.map(({ log }) => log);
}

export function pendingOn({ device }: LocalRouter): boolean {
  return device.snapshot().pending !== undefined;
}

/** Whether the router carries everything that the gateway owns there, a part of it, or nothing. */
export function carries({ id, device }: LocalRouter, member: PairMember): boolean | 'in part' {
  const running = parse(device.running());
  const owned = ownedOn(member, id);
  const found = owned.filter((path) => exists(running, path)).length;
  return found === 0 ? false : found === owned.length || 'in part';
}

/** Asserts that no candidate is locked, and none holds edits. */
export async function assertFree({ routers }: Scene): Promise<void> {
  for (const { device } of routers) {
    const visitor = client(device);
    await visitor.ok(LOCK);
    assert.equal(await visitor.compare(), '');
    await visitor.ok(UNLOCK);
    visitor.session.close();
  }
}

/** Resolves when `isSo` holds. Fails after ten seconds. */
export async function waitUntil(isSo: () => boolean): Promise<void> {
  const givenUp = Date.now() + 10_000;
  while (!isSo()) {
    assert.ok(Date.now() < givenUp, 'it did not come so');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
