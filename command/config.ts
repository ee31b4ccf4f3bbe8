import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { validRef } from '../client/request.ts';
import type { Fields } from '../etcd/envelope.ts';
import { openStore, type Store } from '../etcd/store.ts';
import type { ResourceRef } from '../gateway/resource.ts';
import { loadKinds } from '../templates/load.ts';
import { readRecord, schemaOf, shownRecord } from './config-record.ts';
import { ETCD_HELP } from './environment-help.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga config put TYPE ID FILE [options]
       gateway-saga config get TYPE ID [options]

put  Checks the record in FILE against the schema of its kind, then writes it to etcd, under /config/v2.0/TYPEs/ID.
     To change a record, raise its version. The same record again changes nothing.
get  Shows the record in etcd, in the form that put takes, with •••••• in place of passwords.

  TYPE, ID         a gateway, or a resource that gateways refer to: vpn_gateway, edge_router, ha_interface, …
  FILE             {"version":1,"marked_for_deletion":false,"body":{"id":"ID",…}}; - for standard input
  --templates DIR  the kinds of gateways, where none are published in etcd (default: those of this program)
  --help           shows this

Exit code: 0 written, unchanged or shown; 1 not written or not shown, with the reason; 2 not understood.

Examples:
  gateway-saga config get vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf > gateway.json
  gateway-saga config put vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf gateway.json
  jq '.version += 1' gateway.json | gateway-saga config put vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf -

${ETCD_HELP}`;

const OPTIONS = { templates: { type: 'string' } } as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['ACTION', 'TYPE', 'ID', '[FILE]']);
  const [action, resourceType, resourceId, file] = positionals;
  if (action !== 'put' && action !== 'get')
    throw new UsageError(`expected put or get, got ${quoted(action)}`);
  validRef({ resourceType, resourceId });
  if (action === 'get' && file !== undefined)
    throw new UsageError(`get: expected no FILE, got ${quoted(file)}`);
  if (action === 'put' && file === undefined) throw new UsageError('put: expected a FILE, or -, got none');
  const options = etcdOptions(io.env);
  const given = file === undefined ? undefined : await contentOf(file, io);
  const kinds = await loadKinds(values.templates || io.env.GATEWAY_SAGA_TEMPLATES || undefined);
  const store = openStore(options);
  try {
    const ref = { type: resourceType, id: resourceId };
    const schema = await schemaOf(ref.type, { store, kinds });
    if (given === undefined) {
      io.stdout.write(`${JSON.stringify(await shownRecord(store, ref, schema), undefined, 2)}\n`);
      return EXIT.ok;
    }
    const { envelope, problems } = readRecord(ref, given, schema);
    if (problems.length === 0) return await put(store, ref, envelope, io);
    for (const problem of problems) io.stderr.write(`invalid: ${problem}\n`);
    return EXIT.otherwise;
  } finally {
    store.close();
  }
}

async function contentOf(file: string, { stdin = Readable.from([]) }: CommandIo): Promise<string> {
  if (file === '-') return text(stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`FILE: expected a readable file, got ${quoted(file)}`, { cause });
  }
}

async function put(store: Store, ref: ResourceRef, envelope: Fields, io: CommandIo): Promise<number> {
  const { kind, key, version } = await store.putConfig(ref, envelope);
  if (kind === 'not higher')
    throw new Error(
      `${key}: field "version": expected more than ${version}, at which another record stands there, got ${String(envelope['version'])}`,
    );
  io.stdout.write(`${key} ${kind}, version ${version}\n`);
  return EXIT.ok;
}
