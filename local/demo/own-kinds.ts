/** `npm start -- --templates DIR`: a person's kinds beside those that come with the program. */
import { cp, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KindError, TemplateError } from '../../templates/errors.ts';
import { defaultFolder, loadKinds } from '../../templates/load.ts';

/** Thrown when a folder can't be read, or holds something else than kinds. */
export class OwnKindsError extends Error {
  override readonly name = 'OwnKindsError';
}

/**
 * Copies the program's kinds and those of the given folder into one folder, because a worker takes kinds from one folder only. If both have a kind
 * of one name, the given folder's counts. Resolves to the path of the new folder. npm runs scripts in the checkout, so the given path is resolved
 * against `INIT_CWD`, the folder in which the person has called npm.
 */
export async function kindsBeside(given: string, runFolder: string): Promise<string> {
  const own = resolve(process.env['INIT_CWD'] ?? '.', given);
  const both = join(runFolder, 'kinds');
  try {
    await loadKinds(own);
    for (const folder of [fileURLToPath(defaultFolder), own])
      for (const entry of await readdir(folder, { withFileTypes: true }))
        if (entry.isDirectory() && !entry.name.startsWith('.'))
          await cp(join(folder, entry.name), join(both, entry.name), { recursive: true });
    await loadKinds(both);
    return both;
  } catch (error) {
    const isWrong = error instanceof KindError || error instanceof TemplateError;
    if (!isWrong && !(error instanceof Error && 'code' in error)) throw error;
    throw new OwnKindsError(`--templates ${given}: ${error.message}`, { cause: error });
  }
}
