import type { WorkerOptions } from '../worker/options.ts';
import type { Setting } from './setting.ts';
import { quoted, UsageError } from './usage.ts';
import { versionOf } from './version.ts';

/** What Temporal takes. Temporal itself refuses anything else only at the first poll, when the worker seems to have started already. */
const NAME = { form: /^(?!__)[^.:\p{Cc}]{1,255}$/u, words: 'a name without "." and ":"' };
const BUILD_ID = { form: /^(?!__)[^:\p{Cc}]{1,255}$/u, words: 'an id without ":"' };

/**
 * The version of a Worker Deployment as which the worker serves. `undefined`: the worker serves unversioned. The build id is this package's
 * version by default. So each release is a version of its own, and a rebuild of the same release is not.
 */
export function deploymentFrom(
  name: Setting | undefined,
  buildId: Setting | undefined,
): WorkerOptions['deployment'] {
  if (name === undefined && buildId === undefined) return undefined;
  if (name === undefined) throw new UsageError(`${buildId?.by}: expected --deployment beside it, got none`);
  return {
    deploymentName: checked(name, NAME),
    buildId: buildId === undefined ? versionOf() : checked(buildId, BUILD_ID),
  };
}

function checked({ by, value }: Setting, { form, words }: { form: RegExp; words: string }): string {
  if (form.test(value)) return value;
  throw new UsageError(`${by}: expected ${words}, got ${quoted(value)}`);
}
