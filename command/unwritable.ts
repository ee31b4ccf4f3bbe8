/** What a command does when nobody reads its output, or when its output can't be written. */
import { EXIT } from './io.ts';
import { wantsHelp } from './usage.ts';

/** The parts of the process that this file needs. Tests replace them. */
export interface Writing {
  readonly stdout: NodeJS.EventEmitter;
  readonly stderr: NodeJS.EventEmitter & { write(text: string): unknown };
  readonly exitCode?: number | string | null | undefined;
  exit(code: number): void;
}

/** Commands that only show what they know without asking anybody. */
const SHOWS: ReadonlySet<string> = new Set(['help', 'version', '--version', 'completion']);

/**
 * Ends the process when its output fails. A reader may leave early, as `head` does. That deserves no words. But a command that does something
 * has not succeeded then, because nobody has heard how it ended: it exits with its own code, or with 141 if that is 0. A command that only
 * shows what it knows, such as help, exits with 0.
 */
export function whenUnwritable(process: Writing, argv: readonly string[]): void {
  const onlyShows = wantsHelp(argv) || SHOWS.has(argv[0] ?? '');
  const end = (code: number) => process.exit(Number(process.exitCode ?? 0) || code);
  const isReaderGone = ({ code }: NodeJS.ErrnoException) =>
    code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isReaderGone(error)) return onlyShows ? process.exit(EXIT.ok) : end(EXIT.unread);
    process.stderr.write(`gateway-saga: can't write to standard output: ${error.message}\n`);
    end(EXIT.otherwise);
  });
  // There is no output left on which this could be said.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    end(isReaderGone(error) ? EXIT.unread : EXIT.otherwise);
  });
}
