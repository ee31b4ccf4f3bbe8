import { LENGTHS, oneLine } from '../gateway/display.ts';
import { COMPLETED, COMPLETED_WORDS, FAILED, READ_COMPLETE } from '../gateway/records.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Entry } from './client.ts';
import { isFields, parseObject } from './envelope.ts';

/** `/state` of one gateway, as far as it is readable. Others write it, too, so its texts are cut. */
export interface StateFacts {
  /** `null`: there is a value, but no version can be read from it. */
  readonly version: number | null;
  /** `mod_revision` of the key. */
  readonly revision: string;
  readonly workerState: string;
  readonly error: string;
}

export function stateOf(entry: Entry): StateFacts | undefined {
  if (entry.value === undefined) return undefined;
  const revision = entry.modRevision;
  const record = parseObject(entry.value);
  if (typeof record === 'string') return { version: null, revision, workerState: '', error: '' };
  const { version, state, error } = record;
  const word = isFields(state) ? state['worker_state'] : undefined;
  return {
    version: Number.isSafeInteger(version) ? (version as number) : null,
    revision,
    workerState: typeof word === 'string' ? oneLine(word, LENGTHS.name) : '',
    error: typeof error === 'string' ? oneLine(error) : '',
  };
}

/** `/state`, if it has the outcome of this version or of a newer one. Readers take both as final. `replaces`: as in the plan. */
export function endedState(entry: Entry, version: number, replaces?: string): StateFacts | undefined {
  const state = stateOf(entry);
  return hasEnded(state, version, replaces) ? state : undefined;
}

/**
 * Whether `/state` has the outcome of this version or of a newer one. The failure with the `mod_revision` that an attempt replaces does not count: a person
 * has asked for another attempt.
 */
export function hasEnded(
  state: StateFacts | undefined,
  version: number,
  replaces?: string,
): state is StateFacts {
  if (state === undefined || state.version === null || state.version < version) return false;
  if (state.version === version && isReadOnly(state)) return false;
  return !(state.revision === replaces && isFailure(state, version));
}

/** Whether `/state` was written when there was no kind for the gateway's type. Then it says nothing of what became of the version. */
export function isReadOnly({ workerState }: StateFacts): boolean {
  return workerState === READ_COMPLETE;
}

/** Whether `/state` says that exactly this version has failed. */
export function isFailure(state: StateFacts, version: number): boolean {
  return state.version === version && isFailureWord(state.workerState);
}

export function isFailureWord(workerState: string): boolean {
  return Object.values<string>(FAILED).includes(workerState);
}

/** Whether `/state` promises that exactly this version was carried out. */
export function isComplete(state: StateFacts | undefined, { version }: GatewayVersion): boolean {
  return state?.version === version && COMPLETED_WORDS.includes(state.workerState);
}

/** Whether `/state` says that some version of the gateway stands on its routers. */
export function isStanding(state: StateFacts | undefined): boolean {
  return state !== undefined && !NOTHING_STANDS.includes(state.workerState);
}

const NOTHING_STANDS: readonly string[] = [FAILED.create, COMPLETED.delete, READ_COMPLETE];
