/** What may stand in etcd under our keys and under `/config`: each character of an input is one byte. */
import assert from 'node:assert/strict';
import type { Entry, EtcdClient } from '../../../etcd/client.ts';
import { configVersion, recordOf, supersededBy } from '../../../etcd/envelope.ts';
import { StoreCorruptError } from '../../../etcd/errors.ts';
import { KEYS, routerOfKey } from '../../../etcd/keys.ts';
import { parseClaimKey } from '../../etcd/claim-key.ts';
import { planRecordOf } from '../../../etcd/plan-record.ts';
import { owedChangeOf, readEntry } from '../../../etcd/router-record.ts';
import { stateOf } from '../../../etcd/state.ts';
import { isRecord } from '../../../gateway/resource.ts';
import { randomOf, type Random } from '../../chaos/random.ts';
import { assertSame, assertShown, attempt, assertDeclared, repeated, type Target } from '../target.ts';

type Fields = Record<string, unknown>;
/** Stands for a password inside a body: no message about a record may repeat it. */
const canary = 'Canary7f3a';
const gateway = { resourceType: 'vpn_gateway', resourceId: 'g-1', version: 3 };
const configuration = {
  create: 'interfaces { ae0; }',
  arrange: ['insert a b before c d'],
  remove: ['delete interfaces ae0 unit 5'],
  owns: [['interfaces', 'ae0', 'unit', '5']],
  monitors: [{ name: 'downlink', interface: 'ae0.5', counters: [{ filter: 'F', counter: 'C' }] }],
};
const samples: readonly Fields[] = [
  { body: JSON.stringify({ id: 'g-1', password: canary }), version: 3, marked_for_deletion: false },
  {
    body: { id: 'g-1', password: canary, deep: { a: [1, { b: null }] } },
    version: 3,
    marked_for_deletion: true,
  },
  {
    gateway,
    run: 'run-1',
    tenant: null,
    jobs: { provisioning: 'a', monitoring: 'b' },
    kind: { source: 'etcd', digest: 'sha256:00' },
    limits: { vrrpIntervalMs: 1_000, vrrpLimitMs: 60_000, vrrpMaxMs: 360_000 },
    routers: {
      primary: { id: 'r-1', before: null, after: configuration },
      secondary: { id: 'r-2', before: configuration, after: null },
    },
    config: { revision: '12', digest: 'sha256:00', secretFields: ['key'] },
    scheduled: 1_700_000_000_000,
    mayBeApplied: true,
    kept: true,
  },
  {
    gateway,
    role: 'primary',
    change: { before: configuration, after: null },
    since: '2024-01-01T00:00:00Z',
    reason: 'away',
  },
  {
    reservation: {
      id: 'reservation-1',
      earlier: ['reservation-0'],
      pair: 'router_pair:a+b',
      since: '2024-01-01T00:00:00Z',
      token: 2,
      call: { scheduled: 1_700_000_000_000, attempt: 1 },
      sessions: ['77'],
      members: [{ gateway, run: 'run-1' }],
      committedAt: null,
    },
    maintenance: { reason: 'new line card', since: '2024-01-01T00:00:00Z' },
  },
  { state: { worker_state: 'CREATE_COMPLETED', heat_outputs: '[]' }, version: 3, error: '' },
];
const strange: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e21,
  '',
  'x',
  [],
  [null],
  {},
  { toString: 1 },
  [['a']],
  'router',
];

/** Takes one value somewhere in the tree and puts something else there, or takes its field away. */
function tampered(value: unknown, random: Random): unknown {
  if (random.chance(0.25) || typeof value !== 'object' || value === null) return random.pick(strange);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Fields;
  const keys = Object.keys(copy);
  if (keys.length === 0) return random.pick(strange);
  const key = random.pick(keys);
  if (random.chance(0.15)) delete copy[key];
  else copy[key] = tampered(copy[key], random);
  return copy;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isVersion = ({ resourceType, resourceId, version }: typeof gateway): boolean =>
  isText(resourceType) && isText(resourceId) && Number.isSafeInteger(version);

/** What the callers that read a change rely on. */
function assertChange({ before, after }: { readonly before: unknown; readonly after: unknown }): void {
  for (const end of [before, after]) if (end !== null) assertConfiguration(end);
}

function assertConfiguration(found: unknown): void {
  const { create, arrange, remove, owns, monitors } = found as typeof configuration;
  assert.ok(isText(create) && isTexts(arrange) && isTexts(remove), 'texts of a configuration');
  assert.ok(Array.isArray(owns) && owns.every(isTexts), 'owned stanzas');
  assert.ok(
    monitors.every(
      ({ name, counters }) =>
        isText(name) && counters.every(({ filter, counter }) => isText(filter) && isText(counter)),
    ),
    'monitors',
  );
}

async function check(input: string): Promise<void> {
  const entry: Entry = { key: '/k', value: Buffer.from(input, 'latin1'), modRevision: '7', lease: '0' };
  const ref = { type: 'vpn_gateway', id: 'g-1' };

  const found = recordOf(ref, entry);
  if (isRecord(found)) {
    assert.ok(Number.isSafeInteger(found.version) && typeof found.body === 'object');
    // The body goes into the job records as it is, so this must not throw.
    JSON.stringify(found.body);
  } else if (found.kind === 'malformed') {
    assertShown(found.reason, 300);
    assert.ok(!found.reason.includes(canary) || !/"password": ?"/.test(input), found.reason);
  }
  const version = configVersion(entry);
  assert.ok(version === null || Number.isSafeInteger(version));
  supersededBy(gateway, 'create', entry);
  const state = stateOf(entry);
  assert.ok(state !== undefined && isText(state.workerState) && isText(state.error));

  const plan = attempt([StoreCorruptError], () => planRecordOf(entry));
  if (plan !== undefined) {
    assert.ok(isVersion(plan.gateway) && isText(plan.run), 'whose plan it is');
    assert.ok(plan.tenant === null || isText(plan.tenant), 'tenant');
    assert.ok(plan.jobs.every(isText), 'jobs');
    assert.ok(isText(plan.kind.digest), 'kind');
    assert.ok(typeof plan.mayBeApplied === 'boolean', 'whether it may be applied');
    for (const router of [plan.routers.primary, plan.routers.secondary]) assertChange(router);
  }
  const owedChange = attempt([StoreCorruptError], () => owedChangeOf(entry));
  if (owedChange !== undefined) {
    const { gateway: owner, since, reason } = owedChange;
    assert.ok(isVersion(owner) && isText(since) && isText(reason), 'whose owed change it is');
    assert.ok(owedChange.role === 'primary' || owedChange.role === 'secondary', 'role');
    assertChange(owedChange.change);
  }
  try {
    const read = { read: () => Promise.resolve([entry]) } as unknown as EtcdClient;
    const { record } = await readEntry(read, 'fuzz', 'r-1');
    const { reservation, maintenance } = record;
    assert.ok(
      maintenance === null || (isText(maintenance.reason) && isText(maintenance.since)),
      'maintenance',
    );
    if (reservation !== null) {
      const { id, sessions, earlier = [] } = reservation;
      assert.ok(isText(id) && isTexts(sessions) && isTexts(earlier), 'reservation');
      assert.ok(
        reservation.members.every((member) => isVersion(member.gateway) && isText(member.run)),
        'members',
      );
      assert.ok(reservation.call === undefined || Number.isSafeInteger(reservation.call.scheduled), 'call');
    }
  } catch (error) {
    assertDeclared(error, [StoreCorruptError]);
  }
}

export const etcd: Target = {
  name: 'etcd',
  share: 4,
  make: (random) => {
    const sample = random.pick(samples);
    return Buffer.from(JSON.stringify(random.chance(0.7) ? tampered(sample, random) : sample)).toString(
      'latin1',
    );
  },
  tokens: [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"__proto__":',
    '"constructor":{"prototype":{"x":1}}',
    'null',
    'true',
    '1e999',
    '-0',
    '"version":',
    '"body":',
    '"\\u0000"',
    '"token":',
    '\xff',
    '\xc3',
    '\xef\xbb\xbf',
    '[[[[[[[[[[[[[[[[[[[[',
    ']]]]]]]]]]]]]]]]]]]]',
  ],
  check,
  growing: [
    (size) => `{"version":1,"body":{"a":${repeated('[', size / 2)}${repeated(']', size / 2)}}}`,
    (size) => `{"version":1,"body":"${repeated('x', size)}"}`,
    (size) => `{"version":"${repeated('x', size)}"}`,
  ],
};

const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text);

/** Keys, and the names of routers and stanzas that become parts of keys. */
export const keys: Target = {
  name: 'keys',
  share: 6,
  make: (random) =>
    random.pick([
      `/gateway-saga/claims/r-${random.whole(0, 9)}/interfaces ge-0%2F0%2F1 unit ${random.whole(0, 9)}`,
      `/gateway-saga/routers/r-${random.whole(0, 9)}`,
      `/gateway-saga/owed-changes/r-${random.whole(0, 9)}/vpn_gateways/x/1:00`,
    ]),
  tokens: ['/', '%', '%2F', '%zz', '%C3', '%00', ' ', '..', '\n', 'claims/', 'routers/', 'owed-changes/'],
  check(input) {
    const claim = parseClaimKey(input);
    if (claim !== undefined) assert.ok(!claim.routerId.includes('/') && claim.stanza.length > 0);
    assert.ok(!routerOfKey(input)?.includes('/'));
    const random = randomOf(input);
    const stanza = input.split('/').map((word) => `x${word.slice(random.whole(0, 3))}`);
    const key = attempt([TypeError, URIError], () => KEYS.claim('r-1', stanza));
    if (key !== undefined && isWellFormed(input)) assertSame(parseClaimKey(key), { routerId: 'r-1', stanza });
  },
  growing: [(size) => `/gateway-saga/claims/r/${repeated('%20 ', size)}`],
};
