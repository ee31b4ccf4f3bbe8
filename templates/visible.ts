import { kindsOf } from '../gateway/kind.ts';
import type { AnyKind, Kind, Mapping, Parameter } from '../gateway/kind.ts';
import { ROLES, type ResourceSchema, type Role } from '../gateway/resource.ts';
import { KindError } from './errors.ts';

/**
 * The name by which one role's templates see a parameter, or undefined when it belongs to the other role: `primary_device_ip` is
 * `device_ip` on the primary, `counter_name_in_primary` is `counter_name_in`, `peer_primary_ip` is `peer_ip`. A parameter without a role, or with
 * both, keeps its name.
 */
export function visibleName(parameter: string, role: Role): string | undefined {
  const words = parameter.split('_');
  const [owner, ...more] = words.filter((word) => isRole(word));
  if (owner === undefined || more.length > 0 || words.length === 1) return parameter;
  return owner === role ? words.filter((word) => word !== owner).join('_') : undefined;
}

const isRole = (word: string): boolean => (ROLES as readonly string[]).includes(word);

/**
 * The names that a role's templates can use, each with the parameter that it stands for, from all jobs of the kind. `other peer`: what the other
 * role sees as `peer`; `secret key`: a secret of the gateway's own record.
 */
export function visibleNames(kind: Kind, role: Role): Map<string, string> {
  const names = new Map<string, string>();
  for (const [parameter, mapping] of Object.entries(mappingsOf(kind))) {
    const name = visibleName(parameter, role);
    if (name === undefined) names.set(otherName(parameter, role), parameter);
    else names.set(name, parameter);
    if (name !== undefined && isOwnSecret(mapping, kind.schema)) names.set(`secret ${name}`, parameter);
  }
  return names;
}

/** The mappings of both jobs, by parameter. */
export function mappingsOf({ provisioning, monitoring }: Kind): Readonly<Record<string, Mapping>> {
  return { ...monitoring?.mappings, ...provisioning.mappings };
}

function otherName(parameter: string, role: Role): string {
  return `other ${visibleName(parameter, otherRole(role)) ?? ''}`;
}

const otherRole = (role: Role): Role => (role === 'primary' ? 'secondary' : 'primary');

/** Whether a parameter holds nothing but secrets of the gateway's own record. */
export function isOwnSecret(mapping: Mapping, { fields }: ResourceSchema): boolean {
  if ('if' in mapping) return isOwnSecret(mapping.then, { fields }) && isOwnSecret(mapping.else, { fields });
  if ('path' in mapping || !('field' in mapping)) return false;
  return Object.hasOwn(fields, mapping.field) && fields[mapping.field]?.secret === true;
}

/** Whether a parameter is made from a secret of the gateway's own record, whatever that holds: a list or a part of a text is, too. */
export function isFromOwnSecret(mapping: Mapping, schema: ResourceSchema): boolean {
  if ('if' in mapping) return isFromOwnSecret(mapping.then, schema) && isFromOwnSecret(mapping.else, schema);
  if ('concat' in mapping) return mapping.concat.some((part) => isFromOwnSecret(part, schema));
  if ('each' in mapping) return mapping.path === undefined && isOwnSecret({ field: mapping.each }, schema);
  return isOwnSecret(mapping, schema);
}

/** Checks that no name means two things: `primary_vlan` beside `vlan`, or one parameter with another mapping in each job. */
export function checkNames(kind: AnyKind, file: string): void {
  for (const one of kindsOf(kind)) checkNamesOf(one, file);
}

function checkNamesOf(kind: Kind, file: string): void {
  const { provisioning, monitoring } = kind;
  const jobs = { provisioning, ...(monitoring && { monitoring }) };
  for (const [job, { mappings }] of Object.entries(jobs)) {
    if (Object.hasOwn(mappings, 'this'))
      throw new KindError(
        file,
        `${job}.mappings.this`,
        'another name',
        "'this', which is an entry in templates",
      );
    for (const role of ROLES) {
      const names = visibleNames(kind, role);
      for (const parameter of Object.keys(mappings)) {
        const name = visibleName(parameter, role);
        const meant = names.get(name ?? otherName(parameter, role));
        if (meant === parameter) continue;
        throw new KindError(
          file,
          `${job}.mappings.${parameter}`,
          `another name than '${meant}', seen as '${name ?? otherName(parameter, role)}' too`,
          `'${parameter}'`,
        );
      }
    }
  }
  const twice = Object.entries(monitoring?.mappings ?? {}).find(
    ([name, mapping]) =>
      Object.hasOwn(provisioning.mappings, name) &&
      JSON.stringify(provisioning.mappings[name]) !== JSON.stringify(mapping),
  );
  if (twice !== undefined)
    throw new KindError(
      file,
      `monitoring.mappings.${twice[0]}`,
      'the same mapping as in provisioning',
      'another',
    );
}

/** The values that one role's templates see. A secret is there only under a name `secret …`, and only if it is a secret of the gateway's own record. */
export function visibleValues(parameters: readonly Parameter[], role: Role): Map<string, Parameter['value']> {
  const seen = new Map<string, Parameter['value']>();
  for (const { name, value, secret, own } of parameters) {
    const visible = visibleName(name, role);
    if (!secret) seen.set(visible ?? otherName(name, role), value);
    else if (own && visible !== undefined) seen.set(`secret ${visible}`, value);
  }
  return seen;
}
