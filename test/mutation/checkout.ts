/** A copy of the sources to plant a bug in: the checkout itself is never touched. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planted } from './bug.ts';
import type { Bug } from './bug.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What is shared with the checkout, being large and not ours. */
const SHARED = ['node_modules', '.tools'];
const LEFT_OUT = [...SHARED, '.git', '.local', 'dist', 'coverage'];

export interface Checkout {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** With the bug in it, or without any. Rejects with a `StaleBugError`. */
export async function checkout(bug?: Bug): Promise<Checkout> {
  const source = bug && planted(bug, await readFile(join(ROOT, bug.file), 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-planted-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await cp(ROOT, folder, {
      recursive: true,
      filter: (path) => !LEFT_OUT.includes(relative(ROOT, path)),
    });
    for (const name of SHARED) await symlink(join(ROOT, name), join(folder, name));
    if (bug && source !== undefined) await writeFile(join(folder, bug.file), source);
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
