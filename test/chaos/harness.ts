/** Runs a harness in a process of its own, because it replaces the clock and the timers of the whole process. */
import { execFile } from 'node:child_process';

export interface HarnessEnd {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Runs the harness to its end. Rejects if it ends without a verdict. */
export function harness(main: string, ...options: readonly string[]): Promise<HarnessEnd> {
  return new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', main, ...options];
    execFile(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const lines = stdout.split('\n').filter((line) => line !== '');
      if (code === 0 || (code === 1 && lines.length > 0)) resolve({ code, lines });
      else reject(new Error(`${main} ended with ${code}: ${stderr}`, { cause: error }));
    });
  });
}
