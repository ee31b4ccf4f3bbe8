/** Names the field behind a parameter whose value can't go into a router's configuration. */
import type { Kind, Mapping, Parameter } from '../../gateway/kind.ts';
import type { ResourceRef, Role } from '../../gateway/resource.ts';
import { problemText } from '../../gateway/validate.ts';
import type { ParameterError } from '../../templates/errors.ts';
import { visibleNames } from '../../templates/visible.ts';

/**
 * The problem at the field that the value comes from. If the value comes from no single field, the problem names the parameter.
 * @param parameters those of both jobs
 */
export function parameterProblem(
  error: ParameterError,
  kind: Kind,
  role: Role,
  gateway: ResourceRef,
  parameters: readonly Parameter[],
): string {
  const name = visibleNames(kind, role).get(error.parameter);
  const parameter = parameters.find((one) => one.name === name);
  const mapping = name === undefined ? undefined : mappingOf(kind, name);
  const [field, ...more] = mapping === undefined ? [] : fieldsOf(mapping);
  if (parameter === undefined || field === undefined || more.length > 0) return error.message;
  const last = parameter.resources.at(-1);
  const at = last === undefined ? gateway : { type: last.resource_type, id: last.resource_id };
  return problemText([{ at, field, expected: error.expected, got: error.got }]);
}

function mappingOf({ provisioning, monitoring }: Kind, name: string): Mapping | undefined {
  return { ...monitoring?.mappings, ...provisioning.mappings }[name];
}

function fieldsOf(mapping: Mapping): string[] {
  if ('concat' in mapping) return mapping.concat.flatMap(fieldsOf);
  if ('member' in mapping) return [`${mapping.field}.${mapping.member}`];
  return 'field' in mapping ? [mapping.field] : [];
}
