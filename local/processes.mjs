// What tells one process from another that got the same id later. Plain JavaScript: set-up and the guard use it too.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * When the process with this id began, in whatever unit the system gives; equal again only for the same process.
 * `undefined`: there is no such process (a zombie counts as none).
 */
export async function processStart(pid) {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The second field, the program's name in brackets, may hold anything: count from the last bracket (proc(5)).
    const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ');
    return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
  }
  const found = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(
    () => undefined,
  );
  const line = found?.stdout.trim();
  return line === undefined || line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** The command line of a process, or `undefined` if there is none to be seen. */
export async function processCommand(pid) {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
    return line?.replaceAll('\0', ' ').trim();
  }
  const found = await promisify(execFile)('ps', ['-o', 'command=', '-ww', '-p', String(pid)]).catch(
    () => undefined,
  );
  return found?.stdout.trim();
}
