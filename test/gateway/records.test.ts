import assert from 'node:assert/strict';
import { handlerOf, jobId, jobSuffix } from '../../gateway/jobs.ts';
import { oneLine } from '../../gateway/display.ts';
import { dumps } from '../../gateway/json-strings.ts';
import {
  JOB_STATE,
  completedState,
  failedStackRecord,
  failedState,
  jobRecords,
  stackRecord,
} from '../../gateway/records.ts';
import { resolve } from '../../gateway/resolve.ts';
import { INTERNET, VPN, SCHEMAS } from './kinds.ts';
import { SEEDS, internetWorld, pointsOf, vpnWorld } from './samples.ts';
import type { World } from './samples.ts';

const CASES = [
  { name: 'vpn', kind: VPN, world: vpnWorld, suffixes: ['6zudv', 'hps74'], words: { downlink: 'ACTIVE' } },
  {
    name: 'internet',
    kind: INTERNET,
    world: internetWorld,
    suffixes: ['gt36x', 'fmke3'],
    words: { downlink: 'ACTIVE', uplink: 'ACTIVE' },
  },
] as const;

async function jobsOf({ kind, suffixes }: (typeof CASES)[number], world: World, redact = false) {
  const { ref, body, version } = world.gateway;
  const gateway = { resourceType: ref.type, resourceId: ref.id, version };
  const resolved = await resolve(kind, world.gateway, world.read, SCHEMAS);
  assert.equal(resolved.kind, 'resolved');
  const ids = (['provisioning', 'monitoring'] as const).map((job, index) =>
    jobId({ ...gateway, action: 'create', handler: handlerOf(kind, job), suffix: suffixes[index] ?? '' }),
  );
  const records = jobRecords({
    action: 'create',
    gateway,
    ids,
    body,
    kind,
    provisioning: resolved.provisioning,
    monitoring: resolved.monitoring,
    redact,
  });
  return { gateway, records };
}

/** `params` carries no meaning in its order. */
function sorted(value: unknown): unknown {
  const [handler, job, zero] = structuredClone(value) as [string, { params: { param: string }[] }, 0];
  job.params.sort((one, other) => (one.param < other.param ? -1 : 1));
  return [handler, job, zero];
}

for (const sample of CASES) {
  describe(`the records of the ${sample.name} sample equal the seed's`, () => {
    const seed = SEEDS[sample.name];
    const tenant = '0b576f6f4cbf414f829cd12f008bf08f';

    it('(2) both jobs, to the last field', async () => {
      const { records } = await jobsOf(sample, sample.world());
      const points = pointsOf(seed, 2);
      assert.equal(points.length, 2);
      for (const [index, { key, value }] of points.entries()) {
        assert.equal(`/jobs/all/${records[index]?.id}`, key);
        assert.deepEqual(sorted(JSON.parse(JSON.stringify(records[index]?.value))), sorted(value));
      }
    });

    it('(3) the stack, (4) and (5) the progress, (6) the state', async () => {
      const { gateway } = await jobsOf(sample, sample.world());
      assert.deepEqual(stackRecord(gateway, tenant), pointsOf(seed, 3)[0]?.value);
      assert.deepEqual(JOB_STATE.stacked(), pointsOf(seed, 4)[0]?.value);
      assert.deepEqual(JOB_STATE.monitored(sample.words), pointsOf(seed, 5)[0]?.value);
      assert.deepEqual(completedState(1, sample.words), pointsOf(seed, 6)[0]?.value);
    });
  });
}

describe('redacted jobs', () => {
  it('have null for every password and everything else as it is', async () => {
    const [, internet] = CASES;
    const open = await jobsOf(internet, internetWorld());
    const redacted = await jobsOf(internet, internetWorld(), true);
    assert.ok(JSON.stringify(open.records).includes('esiesi0000'));
    const text = JSON.stringify(redacted.records);
    assert.ok(!text.includes('esiesi0000'));
    const nulls = JSON.parse(JSON.stringify(open.records), (_, value: unknown) =>
      value === 'esiesi0000' ? null : value,
    ) as unknown;
    assert.deepEqual(JSON.parse(text), nulls);
  });

  it('have null for secrets among the gateway’s own fields', () => {
    const [job] = jobRecords({
      action: 'create',
      ids: ['a', 'b'],
      gateway: { resourceType: 't', resourceId: 'i', version: 1 },
      body: { key: 'canary', constructor: 'kept' },
      kind: { ...VPN, schema: { fields: { key: { type: 'string', secret: true } } } },
      provisioning: [],
      monitoring: [],
      redact: true,
    });
    assert.deepEqual(job?.value[1]['resource_input'], { key: null, constructor: 'kept' });
  });
});

describe('the records of a failure', () => {
  const gateway = { resourceType: 'vpn_gateway', resourceId: 'x' };

  it('say so in the stack and in the state', () => {
    assert.deepEqual(failedStackRecord(gateway, null, 'why\nso'), {
      stack_id: '',
      tenant_id: null,
      stack_status: 'CREATE_FAILED',
      output: [],
      status_reason: 'why so',
      id: 'vpn_gateway:x',
    });
    assert.deepEqual(failedState(3, 'why'), {
      state: { worker_state: 'CREATE_FAILED', heat_outputs: '[]' },
      version: 3,
      error: 'why',
    });
  });

  it('have an error of one line that ends somewhere', () => {
    assert.equal(oneLine('  a\r\n b\tc\u2028d\u0000e  '), 'a b c d e');
    assert.equal(oneLine('lone \ud800 half'), 'lone \ufffd half');
    const long = oneLine('😀'.repeat(600));
    assert.equal(Array.from(long).length, 500);
    assert.ok(long.endsWith('😀…'));
    assert.equal(oneLine('x'.repeat(500)).length, 500);
  });
});

describe('strings inside JSON are printed as Python prints them', () => {
  const cases: readonly [Parameters<typeof dumps>[0], string][] = [
    [{ downlink: 'ACTIVE', uplink: 'ACTIVE' }, '{"downlink": "ACTIVE", "uplink": "ACTIVE"}'],
    [[], '[]'],
    [{}, '{}'],
    [[1, 'a', null, true, false], '[1, "a", null, true, false]'],
    [{ a: { b: [] } }, '{"a": {"b": []}}'],
    ['"\\/\b\f\n\r\t', '"\\"\\\\/\\b\\f\\n\\r\\t"'],
    ['\u0000\u007f', '"\\u0000\\u007f"'],
    ['ä€😀', '"\\u00e4\\u20ac\\ud83d\\ude00"'],
  ];
  for (const [value, text] of cases) {
    it(text, () => {
      assert.equal(dumps(value), text);
      assert.deepEqual(JSON.parse(text), value);
    });
  }

  it('but not what JSON has no word for', () => {
    assert.throws(() => dumps(Number.NaN), RangeError);
  });
});

describe('a job’s id', () => {
  const job = {
    action: 'create',
    handler: 'heat_worker',
    resourceType: 'vpn_gateway',
    resourceId: 'x',
    version: 2,
  } as const;

  it('names action, handler, resource, version and suffix', () => {
    assert.equal(jobId({ ...job, suffix: '6zudv' }), 'create:heat_worker:vpn_gateway:x:2:6zudv');
  });

  it('takes no other suffix than five characters of [0-9a-z]', () => {
    for (const suffix of ['', '6zud', '6zudvx', '6ZUDV', '6zud:']) {
      assert.throws(() => jobId({ ...job, suffix }), /Expected a suffix of 5 characters/);
    }
  });

  it('has a suffix from the random source it is given', () => {
    assert.equal(
      jobSuffix(() => 0),
      '00000',
    );
    assert.equal(
      jobSuffix(() => 1 - Number.EPSILON),
      'zzzzz',
    );
    const values = [0.2, 0.999, 0.85, 0.4, 0.87];
    assert.match(
      jobSuffix(() => values.pop() ?? 0),
      /^[0-9a-z]{5}$/,
    );
  });
});
