import type { Survivor } from './survivors.ts';

/** Files whose survivors somebody has read, every one: one more is a failure there. */
export const READ: readonly string[] = [
  'gateway/change.ts',
  'gateway/failure-form.ts',
  'gateway/field-types.ts',
  'gateway/job-id.ts',
  'gateway/json-strings.ts',
  'gateway/messages.ts',
  'gateway/outcomes.ts',
  'gateway/policies.ts',
  'gateway/records.ts',
  'gateway/request.ts',
  'gateway/resolve.ts',
  'gateway/resource.ts',
  'gateway/schema.ts',
  'gateway/validate.ts',
  'pair/decide.ts',
  'etcd/free-claims.ts',
  'etcd/keys.ts',
  'etcd/owed-changes.ts',
  'etcd/reservations.ts',
  'activities/pair/settle-plan.ts',
];

const WORDS = 'the words of a message for a person, which no program reads';
const OPERATION = 'the name of the operation, which only an error says';
const WRITE = 'whatever is not `done` is written';
const CHECKED = 'never reached: the compiler checks that every case is there';

/** Mutants that no test has to notice. */
export const SURVIVORS: readonly Survivor[] = [
  {
    file: 'gateway/field-types.ts',
    line: "text: 'one line of at most 255 printable ASCII characters without quotes and backslashes',",
    why: WORDS,
  },
  {
    file: 'gateway/field-types.ts',
    line: "configuration: 'configuration text of at most 64 KiB without control characters other than newline and tab',",
    why: WORDS,
  },
  { file: 'gateway/field-types.ts', line: `'vlan-ranges': 'VLAN ranges like "0-1024,4094"',`, why: WORDS },
  { file: 'gateway/field-types.ts', line: 'default:', why: CHECKED },
  {
    file: 'gateway/field-types.ts',
    line: 'if (value.length > 65_536 || utf8Length(value) > 65_536) return false;',
    put: 'false',
    why: 'saves time with a huge text: its number of bytes is never smaller',
  },
  {
    file: 'gateway/field-types.ts',
    line: 'bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;',
    put: 'code <= 0x80',
    why: 'U+0080 is a control character, which is refused whatever it counts for',
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
    file: 'gateway/policies.ts',
    line: "const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];",
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
    file: 'gateway/resolve.ts',
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
    line: "JSON.stringify([printable(body['ip']).toLowerCase(), body['ssh_port']]);",
    put: "printable(body['ip']).toUpperCase()",
    why: 'both sides are put into one case, whichever it is',
  },
  {
    file: 'gateway/resolve.ts',
    line: '.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))',
    why: 'no two problems have the same key, so the last comparison is never needed',
  },
  { file: 'etcd/reservations.ts', line: "const RESERVE = 'reserve';", why: OPERATION },
  { file: 'etcd/reservations.ts', line: "const END = 'end reservation';", why: OPERATION },
  { file: 'etcd/reservations.ts', line: "kind: 'write',", why: WRITE },
  {
    file: 'etcd/reservations.ts',
    line: 'if (!reservation?.call) return { ...record, reservation: null };',
    put: 'reservation.call',
    why: 'only for the compiler: the caller has looked that there is a reservation',
  },
  { file: 'etcd/free-claims.ts', line: "const OPERATION = 'free claims';", why: OPERATION },
  { file: 'etcd/free-claims.ts', line: "kind: 'write',", why: WRITE },
  {
    file: 'etcd/free-claims.ts',
    line: "const failed = (facts?.version ?? -1) >= gateway.version && facts?.workerState === 'CREATE_FAILED';",
    why: 'without a `/state` the second condition is false whatever the version; with one, there are facts',
  },
  {
    file: 'activities/pair/settle-plan.ts',
    line: 'if (stands && view.isOurs(member) && where(view)) revert[index]?.add(member);',
    put: 'revert[index].add',
    why: 'only for the compiler: there is a set for each view',
  },
  {
    file: 'activities/pair/settle-plan.ts',
    line: 'return `${view.name}: "${presence.missing.join(\' \')}" was removed by somebody else`;',
    why: WORDS,
  },
  {
    file: 'gateway/schema.ts',
    line: "const id: FieldRule = { type: 'string', required: true };",
    why: 'the id of a record is compared with its key before its type is looked at',
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
  { file: 'etcd/owed-changes.ts', line: "'add owed changes',", why: OPERATION },
  { file: 'etcd/owed-changes.ts', line: "'pay owed change',", why: OPERATION },
  { file: 'etcd/owed-changes.ts', line: "const operation = 'cancel owed changes';", why: OPERATION },
  { file: 'etcd/owed-changes.ts', line: "kind: 'write',", why: WRITE },
  {
    file: 'etcd/owed-changes.ts',
    line: 'for (let from = 0; from < byKey.length; from += AT_ONCE) {',
    put: 'from <= byKey.length',
    why: 'one more round with nothing in it writes nothing',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'const [key, owedChange] = some[index] ?? [];',
    why: 'only for the compiler: there are as many entries as keys',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'if (key === undefined || owedChange === undefined) return [];',
    why: 'only for the compiler: there are as many entries as keys',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'const owned = new Set(planned.flatMap(({ after }) => (after?.owns ?? []).map(stanzaWord)));',
    why: 'a plan always has what it creates; a plan that only removes can be read, but nobody writes one',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'if (put.length + remove.length === 0) return done(true);',
    put: 'put.length - remove.length',
    why: 'one of the two is always empty',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: 'function withReservations(owed: OwedChange, { reservations = [] }: OwedChange): OwedChange | undefined {',
    why: 'an owed change of today always names its reservations',
  },
  {
    file: 'etcd/owed-changes.ts',
    line: "return KEYS.owedChange(routerId, gateway, digest.digest('hex').slice(0, 16));",
    put: "digest.digest('hex')",
    why: 'a longer digest tells changes apart as well',
  },
];
