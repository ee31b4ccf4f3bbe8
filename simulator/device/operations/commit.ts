/** `<commit>`, `<validate>` (RFC 6241 §8.3.4, §8.4, §8.6) and Junos's own `<commit-configuration>`. */

import type { Call, Operation } from '../call.ts';
import { checkCandidate, commitCandidate } from '../commit.ts';
import { Refused } from '../failure.ts';
import { operationFailed, rpcErrorXml } from '../rpc-error.ts';
import { child, childText, leaf, wrap } from '../xml.ts';

const DEFAULT_MINUTES = 10;
const DEFAULT_SECONDS = 600;
const MAX_MINUTES = 65_535;

function wholeNumber(text: string | undefined, otherwise: number, max: number): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text);
  throw new Refused(operationFailed('syntax error', { tag: 'invalid-value', badElement: text }));
}

const results = (inner: string): string => wrap('commit-results', inner);

const success = (inner: string): string =>
  results(wrap('routing-engine', `${leaf('name', 're0')}\n${inner}`));

/** Errors of a check stand in `commit-results`; others (the lock) as they are. */
async function asResults(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    const isCheck =
      error instanceof Refused && error.errors.at(-1)?.message === 'configuration check-out failed';
    if (!isCheck) throw error;
    return results(error.errors.map(rpcErrorXml).join('\n'));
  }
}

function nativeRequest({ operation, router }: Call): Parameters<typeof commitCandidate>[1] {
  const log = childText(operation, 'log');
  const minutes = wholeNumber(childText(operation, 'confirm-timeout'), DEFAULT_MINUTES, MAX_MINUTES);
  const confirmed = child(operation, 'confirmed')
    ? { timeout: minutes * router.options.minute, shown: `${minutes}mins`, bound: 'none' as const }
    : undefined;
  return { ...(log === undefined ? {} : { log }), ...(confirmed ? { confirmed } : {}) };
}

/** A confirmed one outlives its session; its time-out counts minutes. */
export const commitConfiguration: Operation = (call) => {
  return asResults(async () => {
    if (child(call.operation, 'check')) {
      await checkCandidate(call);
      return success('<commit-check-success/>');
    }
    await commitCandidate(call, nativeRequest(call));
    return success('<commit-success/>');
  });
};

/** A confirmed one ends with its session; its time-out counts seconds. */
export const commit: Operation = (call) => {
  const { operation, router } = call;
  const unsupported = ['persist', 'persist-id'].find((name) => child(operation, name));
  if (unsupported !== undefined)
    throw new Refused(operationFailed('syntax error', { badElement: unsupported }));
  const seconds = wholeNumber(childText(operation, 'confirm-timeout'), DEFAULT_SECONDS, MAX_MINUTES * 60);
  const confirmed = child(operation, 'confirmed')
    ? {
        timeout: seconds * router.options.second,
        shown: `${Math.ceil(seconds / 60)}mins`,
        bound: 'session' as const,
      }
    : undefined;
  return asResults(async () => {
    await commitCandidate(call, confirmed ? { confirmed } : {});
    return '<ok/>';
  });
};

/** Checks the candidate, as `<commit-configuration><check/>` does. */
export const validate: Operation = (call) => {
  const source = child(call.operation, 'source')?.children[0]?.name ?? 'candidate';
  if (source !== 'candidate') throw new Refused(operationFailed('syntax error', { badElement: source }));
  return asResults(async () => {
    await checkCandidate(call);
    return success('<commit-check-success/>');
  });
};
