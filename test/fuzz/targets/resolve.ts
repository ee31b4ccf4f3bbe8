/** A gateway whose records were tampered with, all the way to what its routers would be sent. An input: changes as JSON. */
import assert from 'node:assert/strict';
import type { Kind } from '../../../gateway/kind.ts';
import { resolve } from '../../../gateway/resolve.ts';
import type { Lookup, ResourceRecord, ResourceRef } from '../../../gateway/resource.ts';
import { problemText } from '../../../gateway/validate.ts';
import { parse } from '../../../junos/parse.ts';
import { paths, within } from '../../../junos/select.ts';
import { ParameterError, TemplateError } from '../../../templates/errors.ts';
import { render } from '../../../templates/render.ts';
import internet from '../../../local/samples/internet_gateway.json' with { type: 'json' };
import vpn from '../../../local/samples/vpn_gateway.json' with { type: 'json' };
import { INTERNET, SCHEMAS, VPN } from '../../gateway/kinds.ts';
import type { Random } from '../../chaos/random.ts';
import { assertShown, attempt, several, type Target } from '../target.ts';

/** The routers' passwords. */
const canary = 'Canary7f3a';

type Change = readonly [record: number, field: string, value: unknown];

interface Sample {
  readonly kind: Kind;
  readonly records: readonly { readonly type: string; readonly body: Readonly<Record<string, unknown>> }[];
}

const samples: readonly Sample[] = [
  { kind: VPN, records: [vpn.gateway, ...vpn.neighbours] },
  { kind: INTERNET, records: [internet.gateway, ...internet.neighbours] },
];

const fields = [
  ...new Set(samples.flatMap(({ records }) => records.flatMap(({ body }) => Object.keys(body)))),
];
const ids = samples.flatMap(({ records }) => records.map(({ body }) => String(body['id'])));
const values: readonly unknown[] = [
  null,
  '',
  0,
  1,
  -1,
  4094,
  4095,
  '4094',
  '0',
  1.5,
  true,
  [],
  {},
  [canary],
  { toString: 1 },
  { password: canary },
  'x'.repeat(64),
  'a b',
  'a;b',
  '}',
  '"',
  '\u0000',
  '\u202e',
  '__proto__',
  'constructor',
  'apply-groups',
  'delete:',
  '../x',
  '1-4094',
  '5-1',
  '0-1024,4094',
  'routing-options { router-id 192.0.2.1; }',
  'interface ae0.1;',
  `interface "${'y'.repeat(3_000)}";`,
  'inactive: description x;',
  '{{vrf_name}}',
  'a '.repeat(3_000),
  ...ids.slice(0, 12),
];

/** The changes in an input; none if the input is no list of changes. */
function changesOf(input: string): readonly Change[] {
  try {
    const changes = JSON.parse(input) as unknown;
    if (!Array.isArray(changes)) return [];
    return changes.filter(
      (change): change is Change =>
        Array.isArray(change) && Number.isSafeInteger(change[0]) && typeof change[1] === 'string',
    );
  } catch {
    return [];
  }
}

async function check(input: string): Promise<void> {
  const changes = changesOf(input);
  const { kind, records } = samples[input.length % 2] as Sample;
  const bodies = records.map(({ body }) =>
    'password' in body ? { ...body, password: canary } : { ...body },
  ) as Record<string, unknown>[];
  for (const [record, field, value] of changes) {
    const body = bodies[Math.abs(record) % bodies.length];
    if (body !== undefined)
      Object.defineProperty(body, field, { value, enumerable: true, configurable: true, writable: true });
  }
  // Nothing protects a password that stands outside of its field, so such inputs are not judged by that.
  const secret = !changes.some(
    ([, field, value]) => field !== 'password' && JSON.stringify(value ?? null).includes(canary),
  );
  const read = records.map(({ type }, index): ResourceRecord => {
    const body = bodies[index] ?? {};
    const ref = { type, id: String((records[index]?.body ?? {})['id']) };
    return { ref, body, version: 1, markedForDeletion: false, modRevision: '1' };
  });
  const [gateway] = read;
  if (gateway === undefined) return;
  const lookup = (ref: ResourceRef): Promise<Lookup> =>
    Promise.resolve(
      read.find((record) => record.ref.type === ref.type && record.ref.id === ref.id) ?? { kind: 'missing' },
    );
  const resolved = await resolve(kind, gateway, lookup, SCHEMAS);
  if (resolved.kind === 'invalid') {
    assert.ok(resolved.problems.length > 0);
    const text = problemText(resolved.problems);
    assertShown(text, 20_000);
    assert.ok(!secret || !text.includes(canary), text);
    return;
  }
  const parameters = [...resolved.provisioning, ...resolved.monitoring];
  for (const role of ['primary', 'secondary'] as const) {
    const rendered = attempt([ParameterError, TemplateError], () => render(kind, role, parameters));
    if (rendered === undefined) continue;
    assert.ok(!secret || !JSON.stringify(rendered).includes(canary));
    for (const path of paths(parse(rendered.create)))
      assert.ok(
        rendered.owns.some((owned) => within(path, owned)),
        path.join(' '),
      );
  }
}

export const resolving: Target = {
  name: 'resolve',
  share: 0.4,
  make: (random: Random) =>
    JSON.stringify(
      several(random, 3, () => [random.whole(0, 12), random.pick(fields), random.pick(values)]),
    ) + ' '.repeat(random.whole(0, 1)),
  tokens: [
    ...fields.map((field) => JSON.stringify(field)),
    ...values.map((value) => JSON.stringify(value)),
    ',',
    '[',
    ']',
    '"__proto__"',
    '{"__proto__":{"x":1}}',
  ],
  check,
  growing: [(size) => JSON.stringify([[0, 'x', 'a '.repeat(size / 2)]])],
};
