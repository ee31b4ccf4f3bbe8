/** `config check`: checks a record as a plan would, in etcd or in a file. No router is touched, and nothing is written. */
import { preparePlan } from '../activities/saga/planner.ts';
import type { Kinds } from '../activities/dependencies.ts';
import { readEnvelope } from '../etcd/config-records.ts';
import { corrupt, StoreCorruptError } from '../etcd/errors.ts';
import { isKept, withoutBefore } from '../etcd/plan-record.ts';
import { openStore, type Store } from '../etcd/store.ts';
import { displayNameIn } from '../gateway/display.ts';
import { isRecord, pluralOf } from '../gateway/resource.ts';
import type { Lookup, ResourceRecord, ResourceRef } from '../gateway/resource.ts';
import { problemText, validateFields } from '../gateway/validate.ts';
import { readRecord, typeNamed } from './config-record.ts';
import type { KnownType } from './config-record.ts';
import { contentOf, idOfRecord } from './config.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { kindsIn } from './kinds-folder.ts';
import { namedGateway } from './named-gateways.ts';
import { isUuid, Names } from './names.ts';
import { printable } from './printable.ts';
import { parseUsage } from './usage.ts';

export const OPTIONS = { templates: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

interface Sources {
  readonly store: Store;
  readonly kinds: Kinds;
}

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['TYPE', 'ID', '[FILE]']);
  const [resourceType, resourceId, file] = positionals;
  const named = namedGateway(resourceType, resourceId);
  const options = etcdOptions(io.env);
  const given = file === undefined ? undefined : await contentOf(file, io);
  const kinds = await kindsIn(values.templates, io.env);
  const store = openStore(options);
  try {
    const type = await typeNamed(resourceType, { store, kinds });
    // A UUID is taken as the id without a look. If there is no record with this id, the check reports exactly that.
    const id = isUuid(resourceId) ? resourceId : await idOfRecord(new Names(store), named, given);
    const ref = { type: resourceType, id };
    const { asks, problems } = await checked(ref, given, type, { store, kinds });
    const record = `${pluralOf(ref.type)}/${ref.id}`;
    const valid = problems.length === 0;
    if (values.json) io.stdout.write(`${JSON.stringify({ record, valid, problems })}\n`);
    else if (valid) io.stdout.write(`valid: ${printable(record)}: ${asks}\n`);
    else for (const problem of problems) io.stderr.write(`invalid: ${printable(problem)}\n`);
    return valid ? EXIT.ok : EXIT.otherwise;
  } finally {
    store.close();
  }
}

interface Checked {
  /** What the record asks for, in words. It is shown only if there are no problems. */
  readonly asks: string;
  /** One line each: the field, what was expected, and what came. */
  readonly problems: readonly string[];
}

/** Checks the record by itself first. If it is as its kind wants it, checks also what it refers to. */
async function checked(
  ref: ResourceRef,
  given: string | undefined,
  type: KnownType,
  sources: Sources,
): Promise<Checked> {
  const { store } = sources;
  const inFile = given === undefined ? undefined : readRecord(ref, given, type);
  const record = inFile === undefined ? await store.snapshot().read(ref) : readEnvelope(ref, inFile.envelope);
  if (!isRecord(record))
    return { asks: '', problems: inFile?.problems ?? [`${keyOf(ref)}: ${reasonOf(record)}`] };
  if (inFile !== undefined && inFile.problems.length > 0) return { asks: '', problems: inFile.problems };
  if (type.isGateway) return planned(record, sources);
  const problems = validateFields(record, type.schema).map((problem) => problemText([problem]));
  return { asks: `version ${record.version}`, problems };
}

async function planned(record: ResourceRecord, { store, kinds }: Sources): Promise<Checked> {
  const { ref, version } = record;
  const request = { resourceType: ref.type, resourceId: ref.id };
  // The plan of a creation does not need this record, but its registration does.
  const known = await store.planRecord(request).catch(corrupt);
  if (known instanceof StoreCorruptError) return { asks: '', problems: [known.message] };
  const outcome = await preparePlan({ store: asNotAsked(store, record), kinds }, request);
  switch (outcome.kind) {
    case 'prepared': {
      const { primary, secondary } = outcome.preparation.routers;
      return { asks: `version ${version} on ${nameOf(primary)} and ${nameOf(secondary)}`, problems: [] };
    }
    case 'nothing':
      return { asks: `version ${version}, marked for deletion; nothing of it stands`, problems: [] };
    case 'invalid':
    case 'refused':
      return { asks: '', problems: linesOf(outcome.reason) };
    default:
      return { asks: `version ${version}`, problems: [] };
  }
}

function nameOf(router: ResourceRecord): string {
  return displayNameIn(router) ?? printable(router.ref.id);
}

/**
 * The store as the check sees it. `record` takes the place of the one in etcd. Nobody seems to have asked for its version yet, so a version
 * that has ended is checked like any other, on top of what stands: if it was made, that is this version itself. `/state` says what it says of
 * other versions.
 */
function asNotAsked(store: Store, record: ResourceRecord): Store {
  const { ref, version } = record;
  return {
    ...store,
    state: async (gateway) => {
      const state = await store.state(gateway);
      return state?.version === version ? undefined : state;
    },
    planRecord: async (gateway) => {
      const known = await store.planRecord(gateway);
      return known !== undefined && isKept(known) && known.gateway.version === version
        ? { ...withoutBefore(known), kept: false }
        : known;
    },
    snapshot: (expected) => {
      const snapshot = store.snapshot(expected);
      const isOwn = ({ type, id }: ResourceRef) => type === ref.type && id === ref.id;
      return {
        read: (other) => (isOwn(other) ? Promise.resolve(record) : snapshot.read(other)),
        readTemplate: (id) => snapshot.readTemplate(id),
        get recordsRead() {
          return [ref, ...snapshot.recordsRead];
        },
      };
    },
  };
}

/** A plan has its problems in one text. Each begins with the record that it is about. */
function linesOf(reason: string): readonly string[] {
  return reason.split(/; (?=[a-z][a-z0-9_]*\/\S+: (?:field "|expected ))/);
}

function keyOf({ type, id }: ResourceRef): string {
  return `/config/v2.0/${pluralOf(type)}/${id}`;
}

function reasonOf(found: Exclude<Lookup, ResourceRecord>): string {
  return found.kind === 'missing' ? 'expected a record, got nothing' : found.reason;
}
