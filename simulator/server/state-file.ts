/** What a router keeps over a restart, in a file. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Device } from '../device/device.ts';
import type { DeviceSnapshot } from '../device/snapshot.ts';

/** Thrown when a state file was not written by a simulated router. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
  readonly file: string;
  constructor(file: string, cause?: unknown) {
    super(`state file ${file}: expected what an earlier router wrote (JSON with version 1 and a history)`, {
      cause,
    });
    this.file = file;
  }
}

/**
 * What an earlier router left; undefined when there was none.
 *
 * @throws {StateFileError} when the file holds something else.
 */
export function readState(file: string): DeviceSnapshot | undefined {
  if (!existsSync(file)) return undefined;
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StateFileError(file, error);
  }
  if (!isSnapshot(state)) throw new StateFileError(file);
  return state;
}

function isSnapshot(value: unknown): value is DeviceSnapshot {
  if (typeof value !== 'object' || value === null) return false;
  const { version, history, lastSession } = value as Record<string, unknown>;
  return version === 1 && Array.isArray(history) && history.length > 0 && typeof lastSession === 'number';
}

/**
 * Keeps the file equal to the device's state: after each change, before anyone is told of it, as a whole or not at all.
 * Returns what ends that.
 */
export function keepState(file: string, device: Device): () => void {
  let kept = true;
  const write = (): void => {
    if (!kept) return;
    const next = `${file}.next`;
    writeFileSync(next, JSON.stringify(device.snapshot()), { mode: 0o600 });
    renameSync(next, file);
  };
  write();
  device.onChange(write);
  return () => {
    kept = false;
  };
}
