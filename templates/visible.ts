import type { Kind, Parameter } from '../gateway/kind.ts';
import { ROLES, type Role } from '../gateway/resource.ts';
import { KindError } from './errors.ts';

/**
 * The name by which one role's templates see a parameter, or undefined when it belongs to the other role: `primary_device_ip` is
 * `device_ip` on the primary, `counter_name_in_primary` is `counter_name_in`. A parameter without a role keeps its name.
 */
export function visibleName(parameter: string, role: Role): string | undefined {
  const [, prefix, first, last, suffix] =
    /^(?:(primary|secondary)_(.+)|(.+)_(primary|secondary))$/.exec(parameter) ?? [];
  const owner = prefix ?? suffix;
  if (owner === undefined) return parameter;
  return owner === role ? (first ?? last) : undefined;
}

/** The names that a role's templates can use, each with the parameter that it stands for, from both jobs of the kind. */
export function visibleNames(kind: Kind, role: Role): Map<string, string> {
  const names = new Map<string, string>();
  for (const parameter of [
    ...Object.keys(kind.provisioning.mappings),
    ...Object.keys(kind.monitoring.mappings),
  ]) {
    const name = visibleName(parameter, role);
    if (name !== undefined) names.set(name, parameter);
  }
  return names;
}

/** Checks that no name means two things: `primary_vlan` beside `vlan`, or one parameter with another mapping in each job. */
export function checkNames(kind: Kind, file: string): void {
  const { provisioning, monitoring } = kind;
  for (const role of ROLES) {
    const names = visibleNames(kind, role);
    for (const [job, { mappings }] of Object.entries({ provisioning, monitoring })) {
      for (const parameter of Object.keys(mappings)) {
        const name = visibleName(parameter, role);
        const meant = name === undefined ? parameter : names.get(name);
        if (meant === parameter) continue;
        throw new KindError(
          file,
          `${job}.mappings.${parameter}`,
          `another name than '${meant}', seen as '${name}' too`,
          `'${parameter}'`,
        );
      }
    }
  }
  const twice = Object.entries(monitoring.mappings).find(
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

/** The values that one role's templates see, without secrets. */
export function visibleValues(parameters: readonly Parameter[], role: Role): Map<string, Parameter['value']> {
  const seen = new Map<string, Parameter['value']>();
  for (const { name, value, secret } of parameters) {
    const visible = visibleName(name, role);
    if (visible !== undefined && !secret) seen.set(visible, value);
  }
  return seen;
}
