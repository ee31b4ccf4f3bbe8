/**
 * From a gateway's record to the parameters of its jobs, each with its origin, and to its pair of routers. All problems are collected, so that a person
 * sees them together and not one by one.
 */
import { distinct } from './lists.ts';
import type { JobTemplate, Kind, Parameter } from './kind.ts';
import { ROUTER_ID } from './request.ts';
import type { ResourceRecord, ResourceRef, Role, Schemas } from './resource.ts';
import { isAbsent, ownField, shownValue } from './validate.ts';
import { valueOf } from './mapping.ts';
import type { Problem } from './validate.ts';
import { Walker } from './walk.ts';
import type { Read, Walked } from './walk.ts';

type WayToRouter = Extract<Walked, { kind: 'there' }>;

export type Resolved =
  | {
      readonly kind: 'resolved';
      readonly provisioning: readonly Parameter[];
      readonly monitoring: readonly Parameter[];
      /** The records of the pair's routers. They hold passwords. */
      readonly routers: Readonly<Record<Role, ResourceRecord>>;
      /** Every resource that a parameter of either job is read through, each once, in the order of the jobs. */
      readonly readThrough: readonly ResourceRef[];
      /** The resources that lead from the gateway to its routers, each once. Those of them that are gateways are gateways that this one lies in. */
      readonly wayToRouters: readonly ResourceRef[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/**
 * @param kind the one for this gateway's record
 * @param read called once per resource; resources of one level are read in parallel
 * @param schemas of everything that the gateway may refer to
 */
export async function resolve(
  kind: Kind,
  gateway: ResourceRecord,
  read: Read,
  schemas: Schemas,
): Promise<Resolved> {
  const walker = new Walker(gateway, new Map([...schemas, [kind.resourceType, kind.schema]]), read);
  const [provisioning, monitoring, primary, secondary] = await Promise.all([
    parametersOf(kind.provisioning, walker),
    parametersOf(kind.monitoring, walker),
    routerOf('primary', kind, gateway, walker),
    routerOf('secondary', kind, gateway, walker),
    checkGateway(kind, gateway, walker),
  ]);
  if (primary && secondary)
    checkPair(kind, gateway, { primary: primary.record, secondary: secondary.record }, walker);
  if (walker.problems.length > 0 || !primary || !secondary) {
    return { kind: 'invalid', problems: inOrder(walker.problems, gateway) };
  }
  return {
    kind: 'resolved',
    provisioning,
    monitoring,
    routers: { primary: primary.record, secondary: secondary.record },
    readThrough: readThroughBy([...provisioning, ...monitoring]),
    wayToRouters: once([...primary.passed, ...secondary.passed].map(({ ref }) => ref)),
  };
}

function parametersOf(job: JobTemplate | undefined, walker: Walker): Promise<Parameter[]> {
  const parameters = Object.entries(job?.mappings ?? {}).map(async ([name, mapping]) => {
    const value = await valueOf(mapping, walker);
    return { name, ...value };
  });
  return Promise.all(parameters);
}

function readThroughBy(parameters: readonly Parameter[]): readonly ResourceRef[] {
  const passed = parameters.flatMap(({ resources }) => resources);
  const refs = passed.map(({ resource_type: type, resource_id: id }): ResourceRef => ({ type, id }));
  return once(refs);
}

function once(refs: readonly ResourceRef[]): readonly ResourceRef[] {
  return distinct(refs);
}

async function routerOf(
  role: Role,
  kind: Kind,
  gateway: ResourceRecord,
  walker: Walker,
): Promise<WayToRouter | undefined> {
  const walked = await walker.follow(kind.routers[role]);
  if (walked.kind === 'there') {
    const { ref } = walked.record;
    if (ROUTER_ID.pattern.test(ref.id)) return walked;
    const field = kind.routers[role].join(' → ');
    walker.note({ at: gateway.ref, field, expected: ROUTER_ID.expected, got: shownValue(ref.id) });
  }
  if (walked.kind === 'absent') {
    const field = kind.routers[role].join(' → ');
    walker.note({ at: gateway.ref, field, expected: `a ${role} router`, got: 'nothing' });
  }
  return undefined;
}

/** Checks the gateway's own fields, and its VLANs against the ranges that their interfaces forbid. */
async function checkGateway(kind: Kind, gateway: ResourceRecord, walker: Walker): Promise<void> {
  const restricted: Record<string, string> = {};
  await Promise.all(
    Object.entries(kind.schema.fields).map(async ([field, rule]) => {
      if (rule.restrictedBy === undefined) return;
      const walked = await walker.follow([rule.restrictedBy]);
      if (walked.kind !== 'there') return;
      const ranges = ownField(walked.record.body, 'restricted_vlans');
      if (typeof ranges === 'string' && !isAbsent(ranges)) restricted[field] = ranges;
    }),
  );
  walker.checkRecord(gateway, restricted);
}

function checkPair(
  kind: Kind,
  gateway: ResourceRecord,
  routers: Readonly<Record<Role, ResourceRecord>>,
  walker: Walker,
): void {
  const field = kind.routers.secondary.join(' → ');
  const expected = 'a secondary router that is not the primary';
  const address = ({ body }: ResourceRecord) =>
    JSON.stringify([shownValue(body['ip']).toLowerCase(), body['ssh_port']]);
  const { primary, secondary } = routers;
  if (primary.ref.id === secondary.ref.id) {
    walker.note({ at: gateway.ref, field, expected, got: `"${primary.ref.id}" for both` });
  } else if (address(primary) === address(secondary)) {
    const got = `${shownValue(primary.body['ip'])}, port ${shownValue(primary.body['ssh_port'])}, for both`;
    walker.note({ at: gateway.ref, field, expected, got });
  }
}

/**
 * Sorts the problems, those of the gateway itself first. Reads come back in any order, but the same configuration must always give the same
 * text.
 */
function inOrder(problems: readonly Problem[], gateway: ResourceRecord): Problem[] {
  const key = ({ at, field, expected }: Problem) =>
    JSON.stringify([at.type !== gateway.ref.type, at.type, at.id, field, expected]);
  return problems
    .map((problem) => ({ problem, key: key(problem) }))
    .sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
    .map(({ problem }) => problem);
}
