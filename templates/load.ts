/**
 * Loads kinds from a folder: one sub-folder per kind, `kind.json` beside `create.hbs`, `remove.hbs` and, where order matters,
 * `arrange.hbs`. Beside them stands the folder of their neighbours, which have a schema and nothing else.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyKind, Kinds, LoadedKind, Variant } from '../gateway/kind.ts';
import { kindsOf, schemasOf } from '../gateway/kind.ts';
import type { Schemas } from '../gateway/resource.ts';
import { compileKind } from './compile.ts';
import { checkCycles } from './cycles.ts';
import { digestOf } from './digest.ts';
import { KindError, isAbsent, unreadable } from './errors.ts';
import { checkFormat } from './format.ts';
import { plainKind, variedKind, type PlainFile, type VariedFile } from './kind-file.ts';
import { loadNeighbours, NEIGHBOURS } from './neighbours.ts';
import { checkReferences, checkTypes, type PlacesOfKind, type PlacesOfVariant } from './references.ts';
import { json, read, under, wrong, type Location, type Spot } from './shape.ts';
import { checkNames } from './visible.ts';

/** The folder of the kinds that come with the program: the one that this module is in. */
export const defaultFolder = new URL('.', import.meta.url);

const templateFiles = ['create.hbs', 'arrange.hbs', 'remove.hbs'] as const;

type Templates = Pick<Variant, 'create' | 'arrange' | 'remove'>;

/** Kinds by resource type, and the schemas of what they refer to. */
export class KindSet extends Map<string, LoadedKind> implements Kinds {
  readonly neighbours: Schemas;

  constructor(kinds: Iterable<readonly [string, LoadedKind]>, neighbours: Schemas) {
    super(kinds);
    this.neighbours = neighbours;
  }
}

/** A kind that was read, and where its parts stand. */
interface KindInFolder {
  readonly kind: AnyKind;
  readonly places: PlacesOfKind;
  /** The folder of each variant, or of the whole kind. */
  readonly folders: readonly string[];
}

/**
 * Every kind in `folder`, by resource type. Each sub-folder must be a complete kind. The neighbours that come with the program are known in each folder; a
 * file of the folder's own `neighbours` adds a type, or takes the place of one. A field may also refer to a kind that comes with the program, because the
 * folder may have only one kind of a family. Throws a {@link KindError} that names the file and field at fault, and the file system's error when the folder
 * can't be read.
 */
export async function loadKinds(folder: string | URL = defaultFolder): Promise<KindSet> {
  const root = folder instanceof URL ? fileURLToPath(folder) : folder;
  const program = fileURLToPath(defaultFolder);
  const [builtIn, own, found, others] = await Promise.all([
    loadNeighbours(program),
    loadNeighbours(root),
    kindsIn(root),
    root === program ? [] : kindsIn(program),
  ]);
  const loaded = found.map(({ kind }) => ({ kind, source: 'folder', digest: digestOf(kind) }) as const);
  const kinds = new KindSet(
    loaded.map((one) => [one.kind.resourceType, one]),
    new Map([...builtIn, ...own]),
  );
  const known = others.map(({ kind }) => [kind.resourceType, kind.schema] as const);
  checkAll(found, kinds, new Map([...known, ...schemasOf(kinds)]));
  return kinds;
}

async function kindsIn(root: string): Promise<readonly KindInFolder[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== NEIGHBOURS)
    .map(({ name }) => name);
  return Promise.all(names.sort().map((name) => kindIn(root, name)));
}

/** Checks what the kinds and their neighbours say of each other. `schemas`: of all that they may refer to. */
function checkAll(found: readonly KindInFolder[], kinds: KindSet, schemas: Schemas): void {
  for (const [type, schema] of kinds.neighbours)
    checkTypes(schema, schemas, { file: `${NEIGHBOURS}/${type}.json`, field: 'schema' });
  const passed = new Map(
    found.map(({ kind, places }) => [kind.resourceType, checkReferences(kind, places, schemas)]),
  );
  checkCycles(passed);
  for (const { kind, places, folders } of found) {
    checkNames(kind, places.schema.file);
    for (const [at, one] of kindsOf(kind).entries()) compileKind(one, folders[at] ?? kind.resourceType);
  }
}

async function kindIn(root: string, name: string): Promise<KindInFolder> {
  const file = `${name}/kind.json`;
  const spot = json({ file, field: '' }, await content(root, file));
  const isVaried = typeof spot.value === 'object' && spot.value !== null && 'variants' in spot.value;
  const found = isVaried
    ? await varied(root, name, spot, read(variedKind, spot))
    : await plain(root, name, spot, read(plainKind, spot));
  const { resourceType } = found.kind;
  if (resourceType !== name)
    throw wrong(under(spot, 'resourceType'), `the folder's name, '${name}'`, `'${resourceType}'`);
  checkFormat(found.kind, spot);
  return found;
}

async function plain(root: string, name: string, spot: Spot, whole: PlainFile): Promise<KindInFolder> {
  const { $schema: _, format, monitors = [], ...given } = whole;
  await checkFolder(root, name, []);
  const kind = { ...given, ...(format === 2 && { format }), monitors, ...(await templates(root, name)) };
  return {
    kind,
    places: { schema: under(spot, 'schema'), variants: spot, of: [placesIn(spot, spot, spot)] },
    folders: [name],
  };
}

async function varied(root: string, name: string, spot: Spot, whole: VariedFile): Promise<KindInFolder> {
  const { $schema: _, format, monitoring, monitors = [], variants, ...given } = whole;
  const folders = variants.of.map(({ folder }) => folder);
  await checkFolder(root, name, folders);
  const place = under(spot, 'variants');
  const twice = folders.findIndex((folder, at) => folders.indexOf(folder) !== at);
  if (twice >= 0)
    throw wrong(under(place, 'of', twice, 'folder'), 'a folder of its own', `'${folders[twice]}' again`);
  const of = await Promise.all(
    variants.of.map(async ({ folder, ...variant }) => ({
      ...(monitoring && { monitoring }),
      monitors,
      ...variant,
      ...(await templates(root, `${name}/${folder}`)),
    })),
  );
  const places = variants.of.map((variant, at) => {
    const own = under(place, 'of', at);
    return placesIn(own, variant.monitoring ? own : spot, variant.monitors ? own : spot);
  });
  return {
    kind: { ...given, ...(format === 2 && { format }), variants: { by: variants.by, of } },
    places: { schema: under(spot, 'schema'), variants: place, of: places },
    folders: folders.map((folder) => `${name}/${folder}`),
  };
}

function placesIn(own: Location, monitoring: Location, monitors: Location): PlacesOfVariant {
  return {
    provisioning: under(own, 'provisioning', 'mappings'),
    monitoring: under(monitoring, 'monitoring', 'mappings'),
    routers: under(own, 'routers'),
    monitors: under(monitors, 'monitors'),
  };
}

/** Only files of a kind, and the folders of its variants, may stand in its folder. */
async function checkFolder(root: string, name: string, variants: readonly string[]): Promise<void> {
  const files = variants.length === 0 ? templateFiles : [];
  await checkNamesIn(root, name, ['kind.json', 'README.md', ...files, ...variants]);
  for (const variant of variants) await checkNamesIn(root, `${name}/${variant}`, templateFiles);
}

async function checkNamesIn(root: string, folder: string, allowed: readonly string[]): Promise<void> {
  const present = await readdir(join(root, folder)).catch((cause: unknown) => {
    throw unreadable(folder, 'a folder', cause);
  });
  const strange = present.find((file) => !file.startsWith('.') && !allowed.includes(file));
  if (strange !== undefined) throw new KindError(folder, '', `only ${allowed.join(', ')}`, `'${strange}'`);
}

async function templates(root: string, folder: string): Promise<Templates> {
  const [create, arrange, remove] = await Promise.all([
    content(root, `${folder}/create.hbs`),
    content(root, `${folder}/arrange.hbs`, ''),
    content(root, `${folder}/remove.hbs`),
  ]);
  return { create, arrange, remove };
}

async function content(root: string, file: string, otherwise?: string): Promise<string> {
  try {
    return await readFile(join(root, file), 'utf8');
  } catch (cause) {
    if (isAbsent(cause) && otherwise !== undefined) return otherwise;
    throw unreadable(file, 'a file', cause);
  }
}
