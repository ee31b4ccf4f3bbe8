/**
 * Loads kinds from a folder: one sub-folder per kind, `kind.json` beside `create.hbs`, `remove.hbs` and, where order matters,
 * `arrange.hbs`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { Kind, LoadedKind } from '../gateway/kind.ts';
import { compileKind } from './compile.ts';
import { digestOf } from './digest.ts';
import { KindError } from './errors.ts';
import { mappings, monitors, owns, routers, schema, word } from './kind-schemas.ts';
import { checkReferences } from './references.ts';
import { exactly, json, read, under, wrong, type Spot } from './shape.ts';
import { checkNames } from './visible.ts';

/** The folder of the kinds that come with the program: the one that this module is in. */
export const defaultFolder = new URL('.', import.meta.url);

const templateFiles = ['create.hbs', 'arrange.hbs', 'remove.hbs'] as const;

/**
 * Every kind in `folder`, by resource type. Each sub-folder must be a complete kind. Throws a {@link KindError} that names the file and
 * field at fault, and the file system's error when the folder can't be read.
 */
export async function loadKinds(
  folder: string | URL = defaultFolder,
): Promise<ReadonlyMap<string, LoadedKind>> {
  const root = folder instanceof URL ? fileURLToPath(folder) : folder;
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  const kinds = await Promise.all(names.sort().map(async (name) => await loadKind(root, name)));
  return new Map(kinds.map((loaded) => [loaded.kind.resourceType, loaded]));
}

async function loadKind(root: string, name: string): Promise<LoadedKind> {
  const folder = join(root, name);
  const allowed: readonly string[] = ['kind.json', 'README.md', ...templateFiles];
  const strange = (await readdir(folder)).find((file) => !file.startsWith('.') && !allowed.includes(file));
  if (strange !== undefined) throw new KindError(name, '', `only ${allowed.join(', ')}`, `'${strange}'`);
  const content = async (file: string, otherwise?: string): Promise<string> => {
    try {
      return await readFile(join(folder, file), 'utf8');
    } catch (cause) {
      const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      if (absent && otherwise !== undefined) return otherwise;
      if (absent) throw new KindError(relative(root, join(folder, file)), '', 'a file', 'nothing', { cause });
      throw cause;
    }
  };
  const file = `${name}/kind.json`;
  const spot = json({ file, field: '' }, await content('kind.json'));
  const [create, arrange, remove] = await Promise.all([
    content('create.hbs'),
    content('arrange.hbs', ''),
    content('remove.hbs'),
  ]);
  const kind = kindOf(spot, { create, arrange, remove });
  if (kind.resourceType !== name)
    throw wrong(under(spot, 'resourceType'), `the folder's name, '${name}'`, `'${kind.resourceType}'`);
  compileKind(kind, name);
  return { kind, source: 'folder', digest: digestOf(kind) };
}

const kindSchema = exactly({
  resourceType: word,
  schema,
  routers,
  provisioning: exactly({ id: word, handler: v.literal('heat_worker', "'heat_worker'"), mappings }),
  monitoring: exactly({ id: word, handler: v.literal('monitoring_worker', "'monitoring_worker'"), mappings }),
  owns,
  monitors,
});

function kindOf(spot: Spot, templates: Pick<Kind, 'create' | 'arrange' | 'remove'>): Kind {
  const kind: Kind = { ...read(kindSchema, spot), ...templates };
  checkReferences(kind, {
    schema: under(spot, 'schema'),
    provisioning: under(spot, 'provisioning', 'mappings'),
    monitoring: under(spot, 'monitoring', 'mappings'),
    routers: under(spot, 'routers'),
    monitors: under(spot, 'monitors'),
  });
  checkNames(kind, spot.file);
  return kind;
}
