import { spawn } from 'node:child_process';

/**
 * Runs a program to its end without a shell and without standard input.
 * @returns {Promise<{ ok: true, output: string } | { ok: false, reason: string, output: string }>}
 * never rejects: `ok` is false if the program is missing, fails, or takes longer than `limit` milliseconds.
 */
export function run(program, args, { cwd, env, limit }) {
  return new Promise((resolve) => {
    // The program gets a process group of its own, so that a time-out also ends its children (npm, go and pip start some).
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let reason;
    const collect = (chunk) => (output += chunk);
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const endGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The process group has ended already.
      }
    };
    const timer = setTimeout(() => {
      reason = `no end after ${limit / 1000} s`;
      endGroup();
    }, limit);
    const interrupted = (signal) => {
      endGroup();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    const settle = (result) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve(result);
    };
    child.on('error', (error) =>
      settle({ ok: false, reason: error.code === 'ENOENT' ? 'not there' : error.message, output }),
    );
    child.on('close', (code, signal) => {
      if (code === 0 && reason === undefined) settle({ ok: true, output });
      else
        settle({
          ok: false,
          reason: reason ?? (signal ? `ended by ${signal}` : `exit code ${code}`),
          output,
        });
    });
  });
}

/** The last lines of a program's output that are not empty, joined to one line. */
export function lastLines(output, count = 2) {
  const lines = output.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-count)
    .join(' | ')
    .slice(-300);
}
