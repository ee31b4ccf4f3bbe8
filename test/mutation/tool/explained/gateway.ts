import type { Survivor } from '../survivors.ts';
import { WORDS } from './reasons.ts';

/** Mutants of `gateway/` that no test has to notice. */
export const GATEWAY: readonly Survivor[] = [
  {
    file: 'gateway/field-types.ts',
    line: 'text: \'one line of at most 255 printable ASCII characters without quotes, backslashes, braces, ";", "#" and comment marks\',',
    why: WORDS,
  },
  {
    file: 'gateway/field-types.ts',
    line: "'configuration text of at most 64 KiB in ASCII, without control characters other than newline and tab',",
    why: WORDS,
  },
  { file: 'gateway/field-types.ts', line: "'vlan-ranges': 'VLAN ranges like \"0-1024,4094\"',", why: WORDS },
  {
    file: 'gateway/field-types.ts',
    line: 'default:',
    why: 'never reached: the compiler checks that every case is there',
  },
  {
    file: 'gateway/field-types.ts',
    line: "return typeof vlan === 'number' && Number.isSafeInteger(vlan) && vlan >= 1 && vlan <= 4094",
    put: 'true',
    why: 'only for the compiler: what is no number is no safe integer',
  },
  {
    file: 'gateway/field-types.ts',
    line: "if (text.trim() === '') return [];",
    put: '["Stryker was here"]',
    why: 'a range that has no numbers contains no VLAN',
  },
  {
    file: 'gateway/field-types.ts',
    line: 'const ranges: (readonly [number, number])[] = [];',
    why: 'a range that has no numbers contains no VLAN',
  },
  {
    file: 'gateway/json-strings.ts',
    line: 'throw new RangeError(`Expected a finite number, got ${value}`);',
    why: WORDS,
  },
  {
    file: 'gateway/check-policy.ts',
    line: "typeof value === 'object' && value !== null ? Object.entries(value) : [];",
    put: 'true',
    why: 'what is neither an object nor null has no entries, or letters, which are no policies',
  },
  {
    file: 'gateway/records.ts',
    line: 'Object.hasOwn(schema.fields, field) && schema.fields[field]?.secret ? null : value,',
    why: 'only for the compiler: the field is there',
  },
  {
    file: 'gateway/request.ts',
    line: "if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) {",
    put: 'false',
    why: 'only for the compiler: what is no number is no safe integer',
  },
  {
    file: 'gateway/mapping.ts',
    line: "value: typeof value === 'string' || typeof value === 'number' ? value : null,",
    put: 'true',
    why: 'a value of another type is a problem, and then no parameter is used',
  },
  {
    file: 'gateway/resolve.ts',
    line: "if (walked.kind !== 'there') return;",
    put: 'false',
    why: 'a reference that leads nowhere is a problem, and then no range counts',
  },
  {
    file: 'gateway/resolve.ts',
    line: "if (typeof ranges === 'string' && !isAbsent(ranges)) restricted[field] = ranges;",
    why: 'ranges that are no text are a problem of the interface; empty ones forbid nothing',
  },
  {
    file: 'gateway/resolve.ts',
    line: "JSON.stringify([shownValue(body['ip']).toLowerCase(), body['ssh_port']]);",
    put: "shownValue(body['ip']).toUpperCase()",
    why: 'both sides are put into one case, whichever it is',
  },
  {
    file: 'gateway/resolve.ts',
    line: '.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))',
    why: 'no two problems have the same key, so the last comparison is never needed',
  },
  {
    file: 'gateway/validate.ts',
    line: 'if (vlan === undefined) return false;',
    put: 'false',
    why: 'only for the compiler: no number lies in a range that `undefined` is compared with',
  },
  {
    file: 'gateway/validate.ts',
    line: 'return (rangesOf(forbidden) ?? []).some(([from, to]) => vlan >= from && vlan <= to);',
    put: '["Stryker was here"]',
    why: 'a range that has no numbers contains no VLAN',
  },
  { file: 'gateway/walk.ts', line: "got: 'a parameter mapping to an unknown one',", why: WORDS },
  {
    file: 'gateway/walk.ts',
    line: "return { kind: 'broken' };",
    put: '{}',
    why: 'any kind but `there` and `absent` means that a problem was noted',
  },
  {
    file: 'gateway/walk.ts',
    line: "return { kind: 'broken' };",
    put: '""',
    why: 'any kind but `there` and `absent` means that a problem was noted',
  },
  {
    file: 'gateway/walk.ts',
    line: "if (!rule) return { kind: 'broken' };",
    put: '{}',
    why: 'any kind but `there` and `absent` means that a problem was noted',
  },
  {
    file: 'gateway/walk.ts',
    line: "if (!rule) return { kind: 'broken' };",
    put: '""',
    why: 'any kind but `there` and `absent` means that a problem was noted',
  },
  {
    file: 'gateway/walk.ts',
    line: "if (typeof id !== 'string') return { kind: 'broken' };",
    put: '{}',
    why: 'any kind but `there` and `absent` means that a problem was noted',
  },
  {
    file: 'gateway/walk.ts',
    line: "if (typeof id !== 'string') return { kind: 'broken' };",
    put: '""',
    why: 'any kind but `there` and `absent` means that a problem was noted',
  },
  {
    file: 'gateway/walk.ts',
    line: "if (isAbsent(id)) return { kind: isRequired(rule, from.body) ? 'broken' : 'absent' };",
    put: '""',
    why: 'any kind but `there` and `absent` means that a problem was noted',
  },
  {
    file: 'gateway/walk.ts',
    line: 'if (known) return known;',
    put: 'false',
    why: 'taken again, the way leads to the same record, which is read once all the same',
  },
  {
    file: 'gateway/walk.ts',
    line: 'if (type === undefined || !this.schemaOf(type)) {',
    put: 'false',
    why: 'only for the compiler: no schema has the name `undefined`',
  },
  {
    file: 'gateway/walk.ts',
    line: "return { kind: 'there', record: found, passed: [found] };",
    put: '[]',
    why: 'only the end of a whole path says what it has passed',
  },
  {
    file: 'gateway/walk.ts',
    line: 'if (!schema) return;',
    put: 'false',
    why: 'only for the compiler: a record is read only if its type has a schema',
  },
];
