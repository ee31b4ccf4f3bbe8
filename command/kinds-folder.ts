import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../client/profile.ts';
import type { Kinds } from '../gateway/kind.ts';
import { defaultFolder, loadKinds } from '../templates/load.ts';
import { NEIGHBOURS } from '../templates/neighbours.ts';
import { folderOf, settingOf } from './setting.ts';

/**
 * The kinds in the folder that `--templates` names, else in the folder that `GATEWAY_SAGA_TEMPLATES` names, else those of this program.
 *
 * @throws {UsageError} for a folder that can't be read.
 */
export async function kindsIn(flag: string | undefined, env: Environment): Promise<Kinds> {
  const folder = settingOf(['--templates', flag], 'GATEWAY_SAGA_TEMPLATES', env);
  return loadKinds(folder && folderOf(folder));
}

/**
 * What TYPE may be, as far as the names of folders and files tell: the kinds that come with the program, the kinds of `folder`, and the neighbours of
 * both. No kind is loaded.
 */
export async function typesInFolders(folder: string | undefined): Promise<ReadonlySet<string>> {
  const folders = [fileURLToPath(defaultFolder), ...(folder ? [folder] : [])];
  const found = await Promise.all(
    folders.flatMap((root) => [foldersIn(root), filesIn(join(root, NEIGHBOURS))]),
  );
  return new Set(found.flat());
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== NEIGHBOURS)
    .map(({ name }) => name);
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
}
