/** What a plan is built from, and whether it is small enough to be registered. */
import { ownedBy } from '../../gateway/change.ts';
import type { Action, Change, Changes } from '../../gateway/change.ts';
import type { Kind, LoadedKind, Parameter } from '../../gateway/kind.ts';
import type { Plan } from '../../gateway/plan.ts';
import { jobRecords } from '../../gateway/records.ts';
import { pluralOf } from '../../gateway/resource.ts';
import type {
  GatewayRef,
  GatewayVersion,
  ResourceRecord,
  ResourceRef,
  Role,
} from '../../gateway/resource.ts';
import { problemText } from '../../gateway/validate.ts';
import { hasSecret } from './secrets.ts';
import type { GatewaySecrets } from '../../etcd/secrets.ts';
import type { Standing } from '../../etcd/plan-record.ts';
import { earlierParents } from '../../etcd/earlier-registration.ts';

/** Everything that a plan is built from. It holds secrets, which leave the worker only in the job records and the record of secrets in etcd. */
export interface Preparation {
  readonly gateway: GatewayVersion;
  readonly action: Action;
  /** What stands on the routers. `undefined`: nothing. */
  readonly standing: Standing | undefined;
  /** As the plan has it. */
  readonly replaces?: string;
  readonly record: ResourceRecord;
  /** The kind, in the variant that its record is of. */
  readonly kind: LoadedKind<Kind>;
  readonly provisioning: readonly Parameter[];
  readonly monitoring: readonly Parameter[];
  readonly routers: Readonly<Record<Role, ResourceRecord>>;
  /** Their texts have placeholders in place of secrets. */
  readonly changes: Changes;
  /** The secrets of what is rendered, by placeholder. `undefined`: it has none. */
  readonly secrets?: GatewaySecrets | undefined;
  /** The parents: other resources with a kind that its parameters are read through. */
  readonly parents: readonly GatewayRef[];
  /** Everything under `/config` that was read. */
  readonly recordsRead: readonly ResourceRef[];
}

/** Most records that a plan may be made from. Registering reads them in one transaction, and etcd takes 128 operations in a transaction. */
export const RECORDS_LIMIT = 100;
/**
 * Most stanzas that a gateway may own on its two routers together. Their claims are freed in the transaction that removes the last owed
 * change, and etcd takes 128 comparisons in a transaction.
 */
export const STANZAS_LIMIT = 120;
/** For each parent a gateway may own so many stanzas fewer: registering writes two keys for the parent, and compares its plan record. */
const WRITES_FOR_PARENT = 3;
/** The same for each parent that only earlier versions had: the gateway refers to it until it is deleted. */
const WRITES_FOR_EARLIER_PARENT = 2;
/**
 * Largest jobs and plan record together, in KiB: of the change, and of a deletion after it. They are written in one transaction, and by default etcd takes
 * requests of up to 1.5 MiB. A quarter of a MiB is left for the keys and the other records.
 */
const REGISTRATION_KIB = 1_280;
/** Largest configurations of both routers together, in KiB. The plan record has them twice once the change is made, and once a deletion after it has failed. */
const TEXTS_KIB = REGISTRATION_KIB / 2;

/**
 * Why the plan can't be registered, in words for a person. `undefined`: it can. `recorded`: the parents in the plan record of what stands; those of earlier
 * versions are among them.
 */
export function problemOfSize(
  preparation: Preparation,
  recorded?: readonly GatewayRef[],
): string | undefined {
  const { gateway, record, recordsRead, parents } = preparation;
  const where = `${pluralOf(gateway.resourceType)}/${gateway.resourceId}`;
  if (recordsRead.length > RECORDS_LIMIT) {
    return `${where}: expected parameters from at most ${RECORDS_LIMIT} records, got them from ${recordsRead.length}`;
  }
  const { primary, secondary } = preparation.changes;
  const stanzas = ownedBy(primary).length + ownedBy(secondary).length;
  const earlier = earlierParents(parents, recorded);
  const limit = Math.max(0, STANZAS_LIMIT - WRITES_FOR_PARENT * parents.length);
  if (stanzas > limit) {
    const beside = parents.length === 0 ? '' : ` beside its parents (${parents.length})`;
    return `kind ${gateway.resourceType}, field "owns": expected at most ${limit} stanzas on both routers together${beside}, got ${stanzas}`;
  }
  const most = Math.floor((limit - stanzas) / WRITES_FOR_EARLIER_PARENT);
  if (earlier.length > most) {
    return `${where}: expected at most ${most} parents of earlier versions, got ${earlier.length}; delete the gateway and create it anew`;
  }
  const texts = Math.max(
    ...(['before', 'after'] as const).map((end) => kib(textsAt(end, preparation.changes))),
  );
  if (texts > TEXTS_KIB)
    return `${where}: expected configurations of at most ${TEXTS_KIB} KiB for both routers together, got ${texts} KiB`;
  const size = Math.max(...registrations(preparation).map(kib));
  if (size <= REGISTRATION_KIB) return undefined;
  const [largest] = valuesOf(preparation).sort((one, other) => kib(other.value) - kib(one.value));
  const { at, field, value } = largest ?? { at: record.ref, field: null, value: null };
  const expected = `jobs and a plan of at most ${REGISTRATION_KIB} KiB together`;
  return problemText([{ at, field, expected, got: `${size} KiB, with a value of ${kib(value)} KiB here` }]);
}

/** The job records, with these ids. They hold secrets unless these are redacted. */
export function jobsOf(
  { action, gateway, record, kind, provisioning, monitoring }: Preparation,
  ids: Plan['jobs'],
  redact: boolean,
) {
  const bare = () =>
    Object.entries(record.body).map(([field, value]) => [field, hasSecret(value) ? null : value]);
  const known = (parameters: readonly Parameter[]): readonly Parameter[] =>
    redact ? parameters.map((one) => (hasSecret(one.value) ? { ...one, secret: true } : one)) : parameters;
  return jobRecords({
    action,
    gateway,
    ids,
    body: redact ? (Object.fromEntries(bare()) as ResourceRecord['body']) : record.body,
    kind: kind.kind,
    provisioning: known(provisioning),
    monitoring: known(monitoring),
    redact,
  });
}

/** What registering the change writes, but for ids, and what registering its deletion will write. */
function registrations(preparation: Preparation) {
  const { record, changes, secrets } = preparation;
  const jobs = jobsOf(preparation, [], false);
  const jobsOfDeletion = jobsOf({ ...preparation, action: 'delete' }, [], false);
  const rest = [record.body['tenant_id'] ?? null, secrets ?? null];
  return [
    [jobs, changes, ...rest],
    [jobsOfDeletion, textsAt('after', changes), ...rest],
  ];
}

function textsAt(end: keyof Change, { primary, secondary }: Changes) {
  return [primary[end], secondary[end]];
}

/** Every value that registering writes: the gateway's own fields, and the parameters that come from other records. */
function valuesOf({ record, kind, provisioning, monitoring }: Preparation) {
  const own = Object.entries(record.body).map(([field, value]) => ({ at: record.ref, field, value }));
  const mappings = { ...kind.kind.monitoring?.mappings, ...kind.kind.provisioning.mappings };
  const others = [...provisioning, ...monitoring].flatMap(({ name, value, resources }) => {
    const last = resources.at(-1);
    if (last === undefined) return [];
    const mapping = mappings[name];
    const field = mapping !== undefined && 'field' in mapping ? mapping.field : name;
    return [{ at: { type: last.resource_type, id: last.resource_id }, field, value }];
  });
  return [...own, ...others];
}

function kib(value: unknown): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 1024);
}
