/** Reads what another process of this machine uses, from `/proc`, or from `ps` on systems without `/proc`. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface Usage {
  /** CPU time of all threads since the process began, in milliseconds. Its resolution is 10 ms. */
  readonly cpuMs: number;
  /** Resident memory, in megabytes (10^6 bytes). */
  readonly residentMb: number;
}

/** The unit of CPU times in `/proc` (proc(5), `USER_HZ`). It does not depend on the kernel's own tick. */
const TICK_MS = 10;
const LOOK_MS = 500;

/** What the process uses. Rejects when there is no such process, or neither `/proc` nor `ps`. */
export async function usageOf(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return fromPs(pid);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return fromProc(stat, status);
}

/** Reads proc(5)'s `stat` and `status`. */
export function fromProc(stat: string, status: string): Usage {
  // The program's name is in parentheses and may contain anything. `utime` and `stime` are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  const residentMb = (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
  return { cpuMs, residentMb };
}

/** The largest resident memory of the process while `work` runs, in megabytes. It is read twice a second. */
export async function peakMemory(pid: number, work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const look = async () => {
    peak = Math.max(peak, (await usageOf(pid)).residentMb);
  };
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  await look();
  return peak;
}

async function fromPs(pid: number): Promise<Usage> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
  return parsePs(stdout);
}

/** Reads `ps -o rss=,time=`: kilobytes and `[[days-]hours:]minutes:seconds[.hundredths]`. */
export function parsePs(line: string): Usage {
  const [rss = '', time = ''] = line.trim().split(/\s+/);
  const [clock = '', days = '0'] = time.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return {
    cpuMs: Math.round((Number(days) * 86_400 + seconds) * 1_000),
    residentMb: (Number(rss) * 1024) / 1e6,
  };
}
