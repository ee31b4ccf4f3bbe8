import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import type { ChildProgram } from './child.ts';
import { LOGS, RUNS } from './folders.ts';
import { processCommand, processStart } from './processes.mjs';
import { unpublish } from './publication.ts';

/** Identifies a process on disk, so that a later run can recognise it after a crash. */
interface ProcessRecord {
  readonly pid: number;
  readonly start: string;
  readonly program: string;
}

/** A run of the embedded stack: a folder under `.local/run/` that names its owner process and its programs. */
export interface Run {
  readonly id: string;
  readonly folder: string;
  readonly logs: string;
  /** Records a program of this run. If this process and the program's guard both crash, a later run ends the program. */
  adopt(child: ChildProgram, program: string): Promise<void>;
  /** Writes a file into the run's folder, readable by its owner only. Resolves to its path. */
  write(name: string, text: string): Promise<string>;
  close(): Promise<void>;
}

const KEPT_LOGS = 20;

/** Cleans up after crashed runs, then opens a new run. */
export async function openRun(): Promise<Run> {
  await endLeftovers();
  await pruneLogs();
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const id = `${time}-${process.pid}-${randomBytes(2).toString('hex')}`;
  const folder = `${RUNS}/${id}`;
  const fresh = `${RUNS}/.${id}`;
  await mkdir(fresh, { recursive: true });
  const owner = { pid: process.pid, start: await processStart(process.pid), program: '' };
  await writeFile(`${fresh}/owner.json`, JSON.stringify(owner));
  // The folder gets its final name only when the owner's record is inside.
  await rename(fresh, folder);
  const logs = `${LOGS}/${id}`;
  await mkdir(logs, { recursive: true });
  return {
    id,
    folder,
    logs,
    adopt: async ({ name, pid, start }, program) => {
      const record: ProcessRecord = { pid, start, program };
      await writeFile(`${folder}/${name}.process.json`, JSON.stringify(record));
    },
    write: async (name, text) => {
      await writeFile(`${folder}/${name}`, text, { mode: 0o600 });
      return `${folder}/${name}`;
    },
    close: async () => {
      await unpublish(folder, await othersThan(id));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ends the programs of runs whose owner has ended, and removes these runs' data. A process that may belong to somebody else is left alone. */
async function endLeftovers(): Promise<void> {
  const names = await readdir(RUNS).catch(() => []);
  for (const name of names) {
    const folder = `${RUNS}/${name}`;
    if (await mayBeOwned(name, folder)) continue;
    const files = await readdir(folder).catch(() => []);
    const records = await Promise.all(
      files.filter((file) => file.endsWith('.process.json')).map((file) => readRecord(`${folder}/${file}`)),
    );
    await Promise.all(records.filter((record) => record !== undefined).map(endProcess));
    await unpublish(folder, await othersThan(name));
    await rm(folder, { recursive: true, force: true });
  }
}

/** The folders of the other runs whose owners may still work, the newest first. */
async function othersThan(id: string): Promise<readonly string[]> {
  const others: string[] = [];
  for (const name of await readdir(RUNS).catch(() => [])) {
    const folder = `${RUNS}/${name}`;
    if (name !== id && (await mayBeOwned(name, folder))) others.push(folder);
  }
  return others.sort().reverse();
}

/**
 * Whether the run's owner may still work. A run that was not quite opened, or not quite removed, has no owner's record: then the process id
 * in the folder's name decides. A folder with another name is not ours.
 */
async function mayBeOwned(name: string, folder: string): Promise<boolean> {
  const owner = await readRecord(`${folder}/owner.json`);
  if (owner !== undefined) return isRunning(owner);
  const [, pid] = /-(\d+)-[0-9a-f]{4}$/.exec(name) ?? [];
  return pid === undefined || (await processStart(Number(pid))) !== undefined;
}

async function readRecord(path: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as ProcessRecord);
  } catch {
    return undefined;
  }
}

async function isRunning({ pid, start }: ProcessRecord): Promise<boolean> {
  return (await processStart(pid)) === start;
}

async function endProcess(record: ProcessRecord): Promise<void> {
  const command = await processCommand(record.pid);
  if (!(await isRunning(record)) || command?.includes(record.program) !== true) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(record.pid, signal);
    } catch {
      return;
    }
    const deadline = performance.now() + 3_000;
    while (performance.now() < deadline) {
      if (!(await isRunning(record))) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

async function pruneLogs(): Promise<void> {
  const running = new Set(await readdir(RUNS).catch(() => []));
  const old = (await readdir(LOGS).catch(() => [])).filter((name) => !running.has(name)).sort();
  const tooMany = old.slice(0, Math.max(0, old.length - KEPT_LOGS));
  await Promise.all(tooMany.map((name) => rm(`${LOGS}/${name}`, { recursive: true, force: true })));
}
