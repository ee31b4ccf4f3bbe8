/** The types of resources that have no configuration of their own, and that gateways refer to: one file each, `neighbours/edge_router.json`. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Schemas } from '../gateway/resource.ts';
import { isAbsent, unreadable } from './errors.ts';
import { format } from './kind-schemas.ts';
import { checkSchema, schema, word } from './record-schema.ts';
import { exactly, json, read, under, wrong } from './shape.ts';

/** The folder beside the kinds. No kind has this name. */
export const NEIGHBOURS = 'neighbours';

const neighbour = exactly({ $schema: v.exactOptional(v.unknown()), format, resourceType: word, schema });

/** The schemas in `<root>/neighbours`, by type; none if there is no such folder. Throws a `KindError` that names the file and field at fault. */
export async function loadNeighbours(root: string): Promise<Schemas> {
  const names = await readdir(join(root, NEIGHBOURS)).catch((cause: unknown) => {
    if (isAbsent(cause)) return [];
    throw unreadable(NEIGHBOURS, 'a folder', cause);
  });
  const files = names.filter((name) => !name.startsWith('.') && name !== 'README.md').sort();
  return new Map(await Promise.all(files.map((name) => neighbourIn(root, name))));
}

async function neighbourIn(root: string, name: string) {
  const file = `${NEIGHBOURS}/${name}`;
  const source = await readFile(join(root, file), 'utf8').catch((cause: unknown) => {
    throw unreadable(file, 'a file', cause);
  });
  const spot = json({ file, field: '' }, source);
  const { resourceType, schema: own } = read(neighbour, spot);
  if (name !== `${resourceType}.json`)
    throw wrong(
      under(spot, 'resourceType'),
      `the file's name, '${name.replace(/\.json$/, '')}'`,
      `'${resourceType}'`,
    );
  checkSchema(own, under(spot, 'schema'));
  return [resourceType, own] as const;
}
