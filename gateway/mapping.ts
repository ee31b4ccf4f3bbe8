/** From a mapping to a parameter's value, with the resources that it was read through. */
import { distinct } from './lists.ts';
import type { FieldOfAnother, Mapping, Parameter, Value } from './kind.ts';
import type { FieldRule, ResourceRecord } from './resource.ts';
import { entriesOf, ownField } from './validate.ts';
import type { Start, Walker } from './walk.ts';

type Mapped = Pick<Parameter, 'value' | 'resources' | 'secret' | 'own'>;
type Secrecy = Pick<Mapped, 'secret' | 'own'>;
const NOTHING: Mapped = { value: null, resources: [], secret: false };

/** @param from the fields that the mapping is about: the gateway's, or those of an entry of a list */
export async function valueOf(mapping: Mapping, walker: Walker, from: Start = walker.start): Promise<Mapped> {
  if ('constant' in mapping) return { ...NOTHING, value: mapping.constant };
  if ('record' in mapping) return { ...NOTHING, value: walker.start.record.version };
  if ('concat' in mapping)
    return joined(await Promise.all(mapping.concat.map((part) => valueOf(part, walker, from))));
  if ('if' in mapping) {
    const { field, is } = mapping.if;
    return valueOf(ownField(from.record.body, field) === is ? mapping.then : mapping.else, walker, from);
  }
  if ('each' in mapping) return listOf(mapping, walker, from);
  if ('reference' in mapping) return ofAnother({ path: [mapping.reference], field: 'id' }, walker, from);
  return 'path' in mapping ? ofAnother(mapping, walker, from) : fieldOf(from, mapping, walker);
}

async function ofAnother(mapping: FieldOfAnother, walker: Walker, from: Start): Promise<Mapped> {
  const { path, ignoreMissing = false } = mapping;
  const walked = await walker.follow(path, { from, ignoreMissing });
  if (walked.kind !== 'there')
    return ignoreMissing && walked.kind !== 'broken' ? { ...NOTHING, value: '' } : NOTHING;
  return fieldOf(startAt(walked.record, walked.passed, walker), mapping, walker);
}

async function listOf(
  { path, each, value }: Extract<Mapping, { readonly each: string }>,
  walker: Walker,
  from: Start,
): Promise<Mapped> {
  const walked = path === undefined ? undefined : await walker.follow(path, { from });
  if (walked !== undefined && walked.kind !== 'there') return NOTHING;
  const holder = walked === undefined ? from : startAt(walked.record, walked.passed, walker);
  const rule = ruleOf(holder, each, walker);
  if (rule === undefined) return NOTHING;
  const entries = entriesOf(ownField(holder.record.body, each)).map((body, at): Start => ({
    record: { ...holder.record, body },
    fields: rule.entries?.fields ?? {},
    passed: holder.passed,
    above: `${each}[${at}].`,
  }));
  const found = await Promise.all(entries.map((entry) => valueOf(value, walker, entry)));
  return {
    ...secrecyOf([...found, secrecyAt(holder, rule, walker)]),
    // An entry's mapping can't make a list: lists don't hold lists.
    value: found.map((one) => one.value as Value),
    resources: once(found),
  };
}

function startAt(record: ResourceRecord, passed: readonly ResourceRecord[], walker: Walker): Start {
  return { record, fields: walker.fieldsOf(record), passed };
}

function joined(parts: readonly Mapped[]): Mapped {
  const whole = parts.every(({ value }) => value !== null);
  return {
    ...secrecyOf(parts),
    value: whole ? parts.map(({ value }) => String(value)).join('') : null,
    resources: once(parts),
  };
}

/** What is made from a secret is a secret. It is the gateway's own if all secrets in it are. */
function secrecyOf(parts: readonly Secrecy[]): Secrecy {
  const secrets = parts.filter(({ secret }) => secret);
  if (secrets.length === 0) return { secret: false };
  return secrets.every(({ own }) => own) ? { secret: true, own: true } : { secret: true };
}

/** Every resource once, in the order of the parts. */
function once(parts: readonly Mapped[]): Mapped['resources'] {
  return distinct(parts.flatMap((part) => part.resources));
}

function fieldOf(
  at: Start,
  { field, member }: { readonly field: string; readonly member?: string },
  walker: Walker,
): Mapped {
  const rule = ruleOf(at, field, walker);
  if (!rule) return NOTHING;
  const whole = ownField(at.record.body, field) ?? null;
  const value = member === undefined ? whole : memberOf(whole, member);
  return {
    // A value of another type was noted when the record was checked.
    value: typeof value === 'string' || typeof value === 'number' ? value : null,
    resources: at.passed.map(({ ref }) => ({ resource_type: ref.type, resource_id: ref.id })),
    ...secrecyAt(at, rule, walker),
  };
}

/** Whether a field is secret, and the gateway's own. */
function secrecyAt({ record }: Start, { secret = false }: FieldRule, walker: Walker): Secrecy {
  return { secret, ...(secret && record.ref === walker.start.record.ref && { own: true }) };
}

function memberOf(value: unknown, member: string): unknown {
  return typeof value === 'object' && value !== null
    ? ownField(value as Readonly<Record<string, unknown>>, member)
    : null;
}

/** An entry's fields were checked when the kind was loaded. */
function ruleOf(at: Start, field: string, walker: Walker) {
  return at.above === undefined ? walker.ruleOf(at.record, field) : at.fields[field];
}
