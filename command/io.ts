/** The parts of its process that a command uses. Tests replace them. */
import type { Environment } from '../client/profile.ts';

export interface Output {
  write(text: string): unknown;
  /** Whether it is a terminal, which can be redrawn. */
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface CommandIo {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Absent: standard input is empty. */
  readonly stdin?: AsyncIterable<string | Uint8Array>;
  readonly env: Environment;
  /** Calls `listener` on Ctrl-C, instead of ending the process, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

export function processIo(): CommandIo {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    // Node opens standard input at the first access. So only a command that reads it may access it.
    get stdin() {
      return process.stdin;
    },
    env: process.env,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      return () => process.off('SIGINT', listener);
    },
  };
}

/** Exit codes of the command. */
export const EXIT = {
  ok: 0,
  /** Not everything came out as asked, or something that the command needs is missing. */
  otherwise: 1,
  /** The command was not understood. */
  misuse: 2,
  /** `plan --detailed-exitcode`: something would change. Terraform uses the same number. */
  changes: 2,
  /** The command was not understood, where 2 means a change. */
  detailedMisuse: 3,
  /** Ended by Ctrl-C. Shells use the same number: 128 and the number of SIGINT. */
  interrupted: 130,
  /** Nobody read the output to its end. Shells use the same number: 128 and the number of SIGPIPE. */
  unread: 141,
} as const;
