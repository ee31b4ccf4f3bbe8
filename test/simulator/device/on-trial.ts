/** A confirmed commit that waits. */

import assert from 'node:assert/strict';
import type { DeviceOptionsInput } from '../../../simulator/device/options.ts';
import { client, COMMIT_INFORMATION, confirmed, router, texts, type Client } from './scene.ts';

export const MINUTE = 60_000;
export const edit = (name: string): string => `set interfaces ae0 description ${name}`;

/** A router on which a session has committed `description tried`, to be confirmed within `minutes`. */
export async function tried(options: DeviceOptionsInput = {}, minutes = 2) {
  const { device, clock } = router({ options });
  const esi = client(device);
  await esi.set(edit('tried'));
  const committed = esi.ok(confirmed(minutes, 'ours'));
  await clock.advance(options.delays?.commit ?? 0);
  await committed;
  const runs = (name: string): void => assert.match(device.running(), new RegExp(`description ${name};`));
  runs('tried');
  return { device, clock, esi, runs };
}

export const marks = async (c: Client): Promise<readonly string[]> =>
  texts(await c.ok(COMMIT_INFORMATION), 'commit-confirmed');
