/** The kinds of children as a folder, for workers that are processes of their own. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHILD_KINDS } from './kinds.ts';

const PACKAGED = fileURLToPath(new URL('../../templates', import.meta.url));

/** Writes the packaged kinds of gateways that tests are of, and those of children in place of the packaged ones. */
export async function writeKinds(folder: string): Promise<void> {
  for (const name of ['vpn_gateway', 'internet_gateway'])
    await cp(join(PACKAGED, name), join(folder, name), { recursive: true });
  for (const { create, arrange: _, remove, ...kind } of CHILD_KINDS) {
    const own = join(folder, kind.resourceType);
    await mkdir(own, { recursive: true });
    await writeFile(join(own, 'kind.json'), JSON.stringify({ format: 2, ...kind }));
    await writeFile(join(own, 'create.hbs'), create);
    await writeFile(join(own, 'remove.hbs'), remove);
  }
}
