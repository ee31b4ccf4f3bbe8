import type { Environment } from '../client/profile.ts';
import type { Kinds } from '../gateway/kind.ts';
import { loadKinds } from '../templates/load.ts';
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
