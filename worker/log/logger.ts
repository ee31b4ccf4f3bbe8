/**
 * Where the SDK, its native core and this worker write their lines. A failed change has one line, at its end. So other lines that the SDK writes about
 * the same failure have the level `debug`.
 */
import { DefaultLogger } from '@temporalio/worker';
import type { LogEntry, RuntimeOptions } from '@temporalio/worker';
import { FAILURES } from '../../gateway/failures.ts';
import { APPLY_GATEWAY, WORKFLOWS } from '../../gateway/messages.ts';
import { fieldsOf, isExpected } from './fields.ts';
import { lineOf, LOG_LEVELS } from './line.ts';
import type { LogLevel, LogOptions } from './line.ts';

/** While etcd is away, each activity fails again and again. The log tells of that at most once in this time, in ms. */
const AGAIN_MS = 10_000;
/** What the SDK says of a worker that serves only one kind of task, although that is intended. */
const ROUTINE = /^No (workflows|activities|Nexus services) registered, not polling/;
const OF_A_GATEWAY: readonly unknown[] = [...Object.values(WORKFLOWS), APPLY_GATEWAY];

/** The SDK's options that bring all lines into one form, on standard error. */
export function loggingOptions(
  log: LogOptions,
  write: (line: string) => void = (line) => void process.stderr.write(line),
) {
  const wanted = LOG_LEVELS.indexOf(log.level);
  const sorted = new Levels();
  const logger = new DefaultLogger('DEBUG', (entry) => {
    const { level, again } = sorted.of(entry);
    if (LOG_LEVELS.indexOf(level) > wanted) return;
    const { message, timestampNanos } = entry;
    const time = new Date(Number(timestampNanos / 1_000_000n));
    const fields = { ...fieldsOf(shownOf(entry)), ...(again > 0 && { again }) };
    write(lineOf({ time, level, message, fields }, log.format));
  });
  // What the native core says at its own level "debug" is about its own insides.
  const core = log.level === 'debug' ? 'INFO' : log.level === 'error' ? 'ERROR' : 'WARN';
  const logging = { filter: { core, other: 'ERROR' }, forward: {} } as const;
  return { logger, logging } satisfies Pick<RuntimeOptions, 'logger'> & RuntimeOptions['telemetryOptions'];
}

class Levels {
  #toldAt = -Infinity;
  #suppressed = 0;

  /** The level of a line, and `again`: how often the same failure has come since it was told last, and was not told. */
  of({ level, message, meta = {}, timestampNanos }: LogEntry): {
    readonly level: LogLevel;
    readonly again: number;
  } {
    if (isEndOfChange(message, meta) || ROUTINE.test(message)) return { level: 'debug', again: 0 };
    const { error } = meta;
    if (message !== 'Activity failed' || !isExpected(error))
      return { level: level.toLowerCase() as LogLevel, again: 0 };
    const now = Number(timestampNanos / 1_000_000n);
    if (error.type !== FAILURES.StoreUnavailable) return { level: 'debug', again: 0 };
    if (now - this.#toldAt < AGAIN_MS) {
      this.#suppressed += 1;
      return { level: 'debug', again: 0 };
    }
    const again = this.#suppressed;
    this.#suppressed = 0;
    this.#toldAt = now;
    return { level: 'warn', again };
  }
}

/**
 * Whether the line only repeats what the line `change ended` says. If the failure was not expected, the line of the activity that failed has told the
 * stack.
 */
function isEndOfChange(message: string, { workflowType }: NonNullable<LogEntry['meta']>): boolean {
  return message === 'Workflow failed' && OF_A_GATEWAY.includes(workflowType);
}

/**
 * The fields of a line without the task's token, which is of use to no reader. The error of a change has lost its type when it comes out of the
 * workflow's thread, so only its message is shown.
 */
function shownOf({ message, meta = {} }: LogEntry): Record<string, unknown> {
  const { error, taskToken: _, ...rest } = meta;
  const isPlain = isEndOfChange(message, meta) && error instanceof Error;
  return { ...rest, error: isPlain ? error.message : error };
}
