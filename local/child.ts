import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processStart } from './processes.mjs';

export interface ChildOptions {
  /** The program's name in messages and in log files. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** File for the output of the program. */
  readonly log: string;
  /** Time between SIGTERM and SIGKILL, in milliseconds. Default: 8,000. */
  readonly graceMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program that this process started. It ends when this process ends, even by SIGKILL. */
export interface ChildProgram {
  readonly name: string;
  readonly pid: number;
  /** Distinguishes this program from a later one with the same process id (see `processStart`). */
  readonly start: string;
  readonly log: string;
  /** Resolves when the program has ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, and SIGKILL after the grace time. Resolves when the program has ended. */
  stop(): Promise<Exit>;
}

/** Thrown when a program of the embedded stack can't be started or ends before it is ready. The message has the last lines of the program's log. */
export class ChildError extends Error {
  override readonly name = 'ChildError';
  readonly child: string;
  readonly log: string;

  constructor(child: string, log: string, message: string) {
    super(message);
    this.child = child;
    this.log = log;
  }
}

type GuardMessage = { started: number } | { missing: string } | Exit;

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));
const GRACE_MS = 8_000;

/** Starts a program under a guard (`guard.mjs`). Resolves as soon as the program runs, which is before it is ready. */
export async function startChild(options: ChildOptions): Promise<ChildProgram> {
  const { name, log } = options;
  await mkdir(dirname(log), { recursive: true });
  const file = await open(log, 'a');
  // The guard is detached, so a terminal's Ctrl-C reaches only this process, which then ends its programs in order.
  const guarding = spawn(
    process.execPath,
    [guard, String(options.graceMs ?? GRACE_MS), options.program, ...options.args],
    {
      stdio: ['ignore', file.fd, file.fd, 'ipc'],
      detached: true,
      cwd: options.cwd,
      env: options.env === undefined ? process.env : { ...process.env, ...options.env },
    },
  );
  let ended: Exit | undefined;
  let pid: number | undefined;
  const exited = new Promise<Exit>((resolve) => {
    guarding.on('message', (message: GuardMessage) => {
      if ('code' in message) ended = message;
    });
    guarding.on('exit', (code, signal) => resolve(ended ?? { code, signal }));
    guarding.on('error', () => resolve({ code: null, signal: null }));
  });
  const running = new Promise<number>((resolve, reject) => {
    const fail = (reason: string): void => {
      reject(new ChildError(name, log, `${name} can't be started: ${reason}`));
    };
    guarding.on('message', (message: GuardMessage) => {
      if ('started' in message) resolve(message.started);
      if ('missing' in message) fail(message.missing);
    });
    guarding.on('error', (error) => fail(error.message));
    guarding.on('exit', () => fail('it ended at once'));
  });
  try {
    pid = await running;
  } finally {
    await file.close();
  }
  const start = (await processStart(pid)) ?? 'ended';
  const program = pid;
  return {
    name,
    pid,
    start,
    log,
    exited: exited.then(async (exit) => {
      // The guard itself was killed, so this process has to end the program.
      if (ended === undefined && (await processStart(program)) === start) killIfThere(program);
      return exit;
    }),
    signal: (signal) => {
      if (guarding.connected) guarding.send({ signal });
    },
    stop: () => {
      if (guarding.connected) guarding.disconnect();
      return exited;
    },
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** The message for a program that has ended by itself: its name, how it ended, where its log is, and the last lines of the log. */
export async function lastWords({ name, pid, exited, log }: ChildProgram): Promise<string> {
  const words = await lastLogLines(log);
  return `${name} (process ${pid}) ended by itself: ${howEnded(await exited)}; its last words (${log}):\n${words}`;
}

function howEnded({ code, signal }: Exit): string {
  return signal ?? `exit code ${code ?? 'unknown'}`;
}

/**
 * Waits until `ready` gives true. Throws a `ChildError` with the log's last lines when the program ends first, or when `limitMs` milliseconds
 * have passed; then the program is ended, too.
 */
export async function untilReady(
  child: ChildProgram,
  limitMs: number,
  ready: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  let gone: Exit | undefined;
  const ending = child.exited.then((exit) => {
    gone = exit;
    return false;
  });
  // A program that has ended may leave a question without an answer.
  while (!(await Promise.race([ready(), ending]))) {
    const late = performance.now() > deadline;
    if (gone === undefined && !late) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      continue;
    }
    const how =
      gone === undefined
        ? `was not ready after ${limitMs / 1000} s`
        : `ended before it was ready (${howEnded(gone)})`;
    if (gone === undefined) await child.stop();
    const words = await lastLogLines(child.log);
    throw new ChildError(
      child.name,
      child.log,
      `${child.name} ${how}; its last words (${child.log}):\n${words}`,
    );
  }
}

/** The last lines of a log, for the message about a program that failed. */
async function lastLogLines(path: string, count = 8): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-count);
  return lines.join('') === '' ? '(nothing)' : lines.map((line) => line.slice(0, 500)).join('\n');
}
