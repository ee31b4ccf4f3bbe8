/** The state of a router in a file, so that it survives the end of the process. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Device, DeviceSnapshot } from '../device/device.ts';

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
 * The state that an earlier router saved; undefined when the file does not exist.
 *
 * @throws {StateFileError} when the file contains something else.
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

/** The fields that are always there, with their types. */
const COMMIT = { config: 'string', user: 'string', client: 'string', at: 'number', sequence: 'number' };
const PENDING = { sequence: 'number', deadline: 'number', fallback: 'string' };

function isSnapshot(value: unknown): value is DeviceSnapshot {
  if (!hasFields(value, { version: 'number', lastSession: 'number' })) return false;
  const { version, history, pending } = value;
  if (version !== 1 || !Array.isArray(history) || history.length === 0) return false;
  return (
    history.every((one) => hasFields(one, COMMIT)) && (pending === undefined || hasFields(pending, PENDING))
  );
}

function hasFields(
  value: unknown,
  types: Readonly<Record<string, string>>,
): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(types).every(
    ([name, type]) => typeof (value as Record<string, unknown>)[name] === type,
  );
}

/**
 * Saves the device's state at once, and after each change, before the client gets its reply. A write replaces the file as a
 * whole or not at all. Returns a function that ends the saving.
 */
export function saveChanges(file: string, device: Device): () => void {
  let active = true;
  const write = (): void => {
    if (!active) return;
    const next = `${file}.next`;
    writeFileSync(next, JSON.stringify(device.snapshot()), { mode: 0o600 });
    renameSync(next, file);
  };
  write();
  device.onChange(write);
  return () => {
    active = false;
  };
}
