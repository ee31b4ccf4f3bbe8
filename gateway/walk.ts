/** Walks along reference fields. Every resource is read once and every problem is noted once, however many paths lead to it. */
import { expandedHop } from './hops.ts';
import { isAbsent, isRequired, ownField, shownValue, printableText, validateFields } from './validate.ts';
import type { Problem } from './validate.ts';
import { isRecord, pluralOf } from './resource.ts';
import type { FieldRule, Lookup, ResourceRecord, ResourceRef, ResourceSchema, Schemas } from './resource.ts';

export type Read = (ref: ResourceRef) => Promise<Lookup>;

/** Outcome of a walk. */
export type Walked =
  | {
      readonly kind: 'there';
      readonly record: ResourceRecord;
      /** Every record on the way, in order, without the one it began at. */
      readonly passed: readonly ResourceRecord[];
    }
  /** An optional reference on the way is not given. */
  | { readonly kind: 'absent' }
  /** A reference on the way leads to nothing, and may. */
  | { readonly kind: 'missing' }
  /** The walk met a problem, which is noted. */
  | { readonly kind: 'broken' };

/**
 * The outcome of one step. Whether a reference that leads to nothing is a problem depends on the walk. So the step only returns that problem, and the
 * walk notes it.
 */
type Hop = Exclude<Walked, { kind: 'missing' }> | { readonly kind: 'missing'; readonly problem: Problem };

/** Where a path begins: at the gateway itself, at a record that a path has led to, or at an entry of a list in either of them. */
export interface Start {
  readonly record: ResourceRecord;
  readonly fields: ResourceSchema['fields'];
  readonly passed: readonly ResourceRecord[];
  /** What stands before a field's name in a message: `common_functions[0].` */
  readonly above?: string;
}

/** What a reference leads to: a record, or the problem that every reference to it has. */
type Found = ResourceRecord | Problem | { readonly kind: 'missing'; readonly problem: Problem };

export class Walker {
  readonly problems: Problem[] = [];
  private readonly gateway: ResourceRecord;
  private readonly schemas: Schemas;
  private readonly read: Read;
  /** The gateway itself, as the start of a path. */
  readonly start: Start;
  private readonly hops = new Map<string, Promise<Hop>>();
  private readonly records = new Map<string, Promise<Found>>();

  /** `schemas`: of the gateway itself, and of everything that it may refer to. */
  constructor(gateway: ResourceRecord, schemas: Schemas, read: Read) {
    this.gateway = gateway;
    this.schemas = schemas;
    this.read = read;
    this.start = { record: gateway, fields: this.fieldsOf(gateway), passed: [] };
  }

  /** The rule of a record's field. If the record's schema does not name the field, this notes a problem and returns `undefined`. */
  ruleOf(record: ResourceRecord, field: string): FieldRule | undefined {
    const schema = this.schemaOf(record.ref.type);
    if (schema && Object.hasOwn(schema.fields, field)) return schema.fields[field];
    this.note({
      at: record.ref,
      field,
      expected: `a field that the schema of ${record.ref.type} names`,
      got: 'a parameter mapping to an unknown one',
    });
    return undefined;
  }

  fieldsOf(record: ResourceRecord): ResourceSchema['fields'] {
    return this.schemaOf(record.ref.type)?.fields ?? {};
  }

  /** Follows a path from the gateway, or from an entry of a list. */
  async follow(
    path: readonly string[],
    {
      from = this.start,
      ignoreMissing = false,
    }: { readonly from?: Start; readonly ignoreMissing?: boolean } = {},
  ): Promise<Walked> {
    const passed = [...from.passed];
    let { record } = from;
    for (const [at, hop] of path.entries()) {
      const field = expandedHop(hop, (name) => ownField(this.gateway.body, name));
      if (field === undefined) return { kind: 'absent' };
      const step = await (at === 0 && from !== this.start
        ? this.takeHop(record, field, from)
        : this.hop(record, field));
      if (step.kind === 'missing' && !ignoreMissing) {
        this.note(step.problem);
        return { kind: 'broken' };
      }
      if (step.kind !== 'there') return step;
      record = step.record;
      const { ref } = record;
      if ([this.gateway, ...passed].some((seen) => isSameResource(seen.ref, ref))) {
        const before = passed.at(-1) ?? this.gateway;
        const expected = 'a reference that leads on';
        this.note({ at: before.ref, field, expected, got: `a circle back to ${named(ref)}` });
        return { kind: 'broken' };
      }
      passed.push(record);
    }
    return { kind: 'there', record, passed };
  }

  note(problem: Problem): void {
    const known = this.problems.some(
      (other) =>
        isSameResource(other.at, problem.at) &&
        other.field === problem.field &&
        other.expected === problem.expected,
    );
    if (!known) this.problems.push(problem);
  }

  private hop(from: ResourceRecord, field: string): Promise<Hop> {
    const key = JSON.stringify([from.ref.type, from.ref.id, field]);
    const known = this.hops.get(key);
    if (known) return known;
    const hop = this.takeHop(from, field);
    this.hops.set(key, hop);
    return hop;
  }

  private async takeHop(from: ResourceRecord, field: string, start?: Start): Promise<Hop> {
    const rule = start === undefined ? this.ruleOf(from, field) : start.fields[field];
    if (!rule) return { kind: 'broken' };
    const id = ownField(from.body, field);
    if (isAbsent(id)) return { kind: isRequired(rule, from.body) ? 'broken' : 'absent' };
    const place = { at: from.ref, field: `${start?.above ?? ''}${field}` };
    const type = rule.refersTo;
    if (type === undefined || !this.schemaOf(type)) {
      const got = type === undefined ? 'a field that refers to nothing' : `a reference to "${type}"`;
      this.note({ ...place, expected: 'a reference to a known resource type', got });
      return { kind: 'broken' };
    }
    // A mistyped reference was noted when the record itself was checked.
    if (typeof id !== 'string') return { kind: 'broken' };
    const found = await this.record({ type, id });
    if ('kind' in found) return { kind: 'missing', problem: { ...found.problem, ...place } };
    if ('expected' in found) {
      this.note({ ...found, ...place });
      return { kind: 'broken' };
    }
    return { kind: 'there', record: found, passed: [found] };
  }

  /** The record, or the problem that a reference to it has. Problems of the record's own fields are noted, and don't stop the walk. */
  private record(ref: ResourceRef): Promise<Found> {
    if (isSameResource(ref, this.gateway.ref)) return Promise.resolve(this.gateway);
    const key = JSON.stringify([ref.type, ref.id]);
    const known = this.records.get(key);
    if (known) return known;
    const record = this.load(ref);
    this.records.set(key, record);
    return record;
  }

  private async load(ref: ResourceRef): Promise<Found> {
    const found = await this.read(ref);
    const problem = (expected: string, got: string): Problem => ({
      at: ref,
      field: null,
      expected,
      got,
    });
    if (!isRecord(found)) {
      if (found.kind === 'malformed')
        return problem(`the id of a readable ${ref.type}`, `${shownValue(ref.id)} (${found.reason})`);
      const got = `${shownValue(ref.id)}, which does not exist`;
      return { kind: 'missing', problem: problem(`the id of an existing ${ref.type}`, got) };
    }
    if (found.markedForDeletion) {
      const expected = `a ${ref.type} that is not being deleted`;
      return problem(expected, `${shownValue(ref.id)}, which is marked for deletion`);
    }
    this.checkRecord(found);
    return found;
  }

  /** Checks the record's id and fields against its schema. */
  checkRecord(record: ResourceRecord, restricted?: Readonly<Record<string, string>>): void {
    const schema = this.schemaOf(record.ref.type);
    if (!schema) return;
    const { id } = record.body;
    if (id !== record.ref.id) {
      const expected = `the id of its key, ${shownValue(record.ref.id)}`;
      this.note({ at: record.ref, field: 'id', expected, got: shownValue(id) });
    }
    const problems = validateFields(record, schema, restricted);
    for (const problem of problems) if (problem.field !== 'id') this.note(problem);
  }

  private schemaOf(type: string): ResourceSchema | undefined {
    return this.schemas.get(type);
  }
}

export function isSameResource(one: ResourceRef, other: ResourceRef): boolean {
  return one.type === other.type && one.id === other.id;
}

function named(ref: ResourceRef): string {
  return `${pluralOf(ref.type)}/${printableText(ref.id)}`;
}
