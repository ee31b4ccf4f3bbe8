import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { openStore, type Store } from '../etcd/store.ts';
import type { Fields, GatewayRef, ResourceRef } from '../gateway/resource.ts';
import { idIn, readRecord, shownRecord, typeNamed, withStoredSecrets } from './config-record.ts';
import { ETCD_HELP } from './environment-help.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { kindsIn } from './kinds-folder.ts';
import { idAsGiven, namedGateway } from './named-gateways.ts';
import { isUuid, Names } from './names.ts';
import { actionIn, parseUsage, quoted, UsageError } from './usage.ts';

export const HELP = `Usage: gateway-saga config put TYPE ID FILE [options]
       gateway-saga config get TYPE ID [options]
       gateway-saga config check TYPE ID [FILE] [options]
       gateway-saga config schema TYPE [options]

put     Checks the record in FILE against the schema of its kind, then writes it to etcd, under /config/v2.0/TYPEs/ID.
        To change a record, raise its version. The same record again changes nothing.
get     Shows the record in etcd, in the form that put takes, with •••••• in place of passwords and keys.
check   Checks the record in etcd, or the one in FILE as if it stood there, as a plan would: its fields, what they refer
        to, and what is rendered. Writes nothing, and touches no router. What gateways refer to is checked by itself.
schema  Shows the JSON Schema of the records of a type, for editors and CI. What it refuses is wrong; check knows more.

  TYPE, ID         a gateway, or a resource that gateways refer to: vpn_gateway, edge_router, ha_interface, …;
                   a name that no other has in place of the id of a record that is there
  FILE             {"version":1,"marked_for_deletion":false,"body":{"id":"ID",…}}; - for standard input
  --templates DIR  the kinds of gateways, where none are published in etcd (default: those of this program);
                   schema takes them from there without asking etcd
  --json           of check, one JSON document: {"record":…,"valid":…,"problems":[…]}
  --help           shows this

Exit code: 0 written, unchanged, shown or valid; 1 not written or not shown, or invalid, with the reason; 2 not understood.

Examples:
  gateway-saga config get vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf > gateway.json
  gateway-saga config put vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf gateway.json
  jq '.version += 1' gateway.json | gateway-saga config put vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf -
  gateway-saga config check vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf next.json
  gateway-saga config schema vpn_gateway > vpn_gateway.schema.json

${ETCD_HELP}`;

export const OPTIONS = { templates: { type: 'string' } } as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { action, rest } = actionIn(argv, { ...OPTIONS, json: { type: 'boolean' } });
  if (action === 'check') return (await import('./config-check.ts')).run(rest, io);
  if (action === 'schema') return (await import('./config-schema.ts')).run(rest, io);
  if (action !== 'put' && action !== 'get')
    throw new UsageError(
      `expected put, get, check or schema, got ${action === undefined ? 'no argument' : quoted(action)}`,
    );
  const { values, positionals } = parseUsage(rest, OPTIONS, ['TYPE', 'ID', '[FILE]']);
  const [resourceType, resourceId, file] = positionals;
  const named = namedGateway(resourceType, resourceId);
  if (action === 'get' && file !== undefined)
    throw new UsageError(`get: expected no FILE, got ${quoted(file)}`);
  if (action === 'put' && file === undefined) throw new UsageError('put: expected a FILE, or -, got none');
  const options = etcdOptions(io.env);
  const given = file === undefined ? undefined : await contentOf(file, io);
  const kinds = await kindsIn(values.templates, io.env);
  const store = openStore(options);
  try {
    const type = await typeNamed(resourceType, { store, kinds });
    const ref = {
      type: resourceType,
      id: await idOfRecord(new Names(store), named, given),
    };
    if (given === undefined) {
      io.stdout.write(`${JSON.stringify(await shownRecord(store, ref, type.schema), undefined, 2)}\n`);
      return EXIT.ok;
    }
    const read = readRecord(ref, given, type);
    const { envelope, problems } = await withStoredSecrets(store, ref, read);
    if (problems.length === 0) return await put(store, ref, envelope, io);
    for (const problem of problems) io.stderr.write(`invalid: ${problem}\n`);
    return EXIT.otherwise;
  } finally {
    store.close();
  }
}

/**
 * The id of the record that a person named. If the text of the record is `given`, the record may not be in etcd yet. Then no name leads to it, and what
 * the person named is taken as its id.
 */
export async function idOfRecord(
  names: Names,
  named: GatewayRef,
  given: string | undefined,
): Promise<string> {
  const { resourceType, resourceId } = named;
  if (given === undefined) return names.idOf(resourceType, resourceId, () => Promise.resolve([resourceType]));
  if (isUuid(resourceId) || idIn(given) === resourceId) return resourceId;
  return (await names.find(resourceType, resourceId)) ?? idAsGiven(named);
}

export async function contentOf(file: string, { stdin = Readable.from([]) }: CommandIo): Promise<string> {
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
