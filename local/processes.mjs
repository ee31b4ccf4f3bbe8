// Distinguishes a process from a later one with the same id. Plain JavaScript, because set-up and the guard use it too.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * The time at which the process with this id began, in the system's own unit. Two calls give the same text only for the same process.
 * `undefined` if there is no such process, or only a zombie.
 */
export async function processStart(pid) {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The second field is the program's name in brackets. It may contain anything, so fields are counted from the last bracket (proc(5)).
    const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ');
    return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
  }
  const found = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(
    () => undefined,
  );
  const line = found?.stdout.trim();
  return line === undefined || line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** The command line of a process, or `undefined` if it can't be read. */
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
