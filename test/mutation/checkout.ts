/** A copy of the sources to make a mutation in: the checkout itself is never touched. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutated } from './mutation.ts';
import type { Mutation } from './mutation.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What is shared with the checkout, being large and not ours. */
const SHARED = ['node_modules', '.tools'];
const LEFT_OUT = [...SHARED, '.git', '.local', 'dist', 'coverage'];

export interface Checkout {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** With the mutation in it, or without any. Rejects with a `StaleMutationError`. */
export async function checkout(mutation?: Mutation): Promise<Checkout> {
  const source = mutation && mutated(mutation, await readFile(join(ROOT, mutation.file), 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-mutation-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await cp(ROOT, folder, {
      recursive: true,
      filter: (path) => !LEFT_OUT.includes(relative(ROOT, path)),
    });
    for (const name of SHARED) await symlink(join(ROOT, name), join(folder, name));
    if (mutation && source !== undefined) await writeFile(join(folder, mutation.file), source);
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
