import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from '../processes.mjs';
import { SetupError } from './error.mjs';
import { say, tools } from './paths.mjs';

/** How long a set-up waits for another one before it gives up, in ms. No set-up takes so long. */
const patience = 30 * 60_000;
/** A set-up writes its owner into a new lock folder within this time, in ms. If a folder still has no owner then, its maker has died. */
const namingTime = 10_000;

/**
 * Runs `work` while no other set-up of this checkout runs. The lock is a folder, because making a folder is atomic on every system.
 * A file in it names the owner. A lock whose owner is dead is broken.
 */
export async function exclusively(work) {
  const folder = `${tools}/setup.lock`;
  await mkdir(tools, { recursive: true });
  await acquire(folder);
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function acquire(folder) {
  const deadline = Date.now() + patience;
  let said = false;
  for (;;) {
    try {
      await mkdir(folder);
      const owner = { pid: process.pid, start: await processStart(process.pid) };
      await writeFile(`${folder}/owner.json`, JSON.stringify(owner));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
    }
    if (await isStale(folder)) await breakLock(folder);
    else {
      if (!said) say('another set-up of this checkout is running; waiting for it');
      said = true;
      await sleep(100);
    }
    if (Date.now() > deadline)
      throw new SetupError(`another set-up holds ${folder} for too long; remove it if none runs`);
  }
}

async function isStale(folder) {
  try {
    const owner = JSON.parse(await readFile(`${folder}/owner.json`, 'utf8'));
    return (await processStart(owner.pid)) !== owner.start;
  } catch {
    const made = await stat(folder).catch(() => undefined);
    return made !== undefined && Date.now() - made.mtimeMs > namingTime;
  }
}

/** Breaks a lock under a second lock. Without that, a slow process could remove the lock that its next owner has just taken. */
async function breakLock(folder) {
  const breaking = `${folder}.breaking`;
  try {
    await mkdir(breaking);
  } catch {
    const made = await stat(breaking).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > namingTime)
      await rmdir(breaking).catch(() => undefined);
    return;
  }
  try {
    if (await isStale(folder)) await rm(folder, { recursive: true, force: true });
  } finally {
    await rmdir(breaking);
  }
}
