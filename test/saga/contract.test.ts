import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import { KEYS } from '../../etcd/keys.ts';
import { publishKinds, writeRecords } from '../../local/load-samples.ts';
import { SAMPLE_GATEWAYS, SAMPLE_PAIRS, sampleGateways, sampleNeighbours } from '../../local/samples.ts';
import { sixPoints } from '../../local/six-points.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import internet from '../seeds/internet_gateway.json' with { type: 'json' };
import vpn from '../seeds/vpn_gateway.json' with { type: 'json' };

const SEEDS = { vpn_gateway: vpn, internet_gateway: internet };
/** What a deployment chooses anew: the suffix of a job's id. */
const SUFFIX = /((?:create):[a-z_]+:[a-z_]+:[0-9a-f-]+:\d+):[0-9a-z]{5}/g;

describe('the etcd contract', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await openWorld({ pairs: SAMPLE_PAIRS });
    const { endpoints } = world.stack.etcd;
    await writeRecords(endpoints, [...sampleNeighbours(), ...sampleGateways()]);
    await publishKinds(world.store);
    const runs = await Promise.all(SAMPLE_GATEWAYS.map((gateway) => world.client.create(gateway)));
    for (const run of runs) assert.equal((await run.result()).kind, 'created');
  });
  after(async () => {
    // Other specs share this etcd, and have kinds of their own.
    const etcd = new Etcd3({ hosts: [...world.stack.etcd.endpoints] });
    await etcd.delete().prefix(KEYS.heatTemplates);
    etcd.close();
    await world.close();
  });

  for (const [kind, seed] of Object.entries(SEEDS)) {
    const gateway = { resourceType: kind, resourceId: seed.resourceId };

    it(`has all six points of a ${kind} as in the documents`, async () => {
      const points = await sixPoints(world.stack.etcd.endpoints, gateway);
      assert.deepEqual(
        points.map(({ point, key }) => [point, key.replace(SUFFIX, '$1')]),
        seed.points.map(({ point, key }) => [point, key.replace(SUFFIX, '$1')]),
      );
      for (const [index, { point, value }] of points.entries()) {
        assert.deepEqual(comparable(value), comparable(seed.points[index]?.value), `point (${point})`);
      }
    });

    it(`names the jobs of a ${kind} as the documents do, the second depending on the first`, async () => {
      const jobs = (await sixPoints(world.stack.etcd.endpoints, gateway)).filter(({ point }) => point === 2);
      const [first, second] = jobs.map(({ key }) => key);
      assert.match(
        String(first),
        new RegExp(`^/jobs/all/create:heat_worker:${kind}:${seed.resourceId}:1:[0-9a-z]{5}$`),
      );
      assert.match(
        String(second),
        new RegExp(`^/jobs/all/create:monitoring_worker:${kind}:${seed.resourceId}:1:[0-9a-z]{5}$`),
      );
      const [, dependency] = (jobs[1]?.value ?? []) as [string?, { dependency: string[]; id: string }?];
      assert.deepEqual(dependency?.dependency, [String(first).replace('/jobs/all/', '')]);
      assert.equal(`/jobs/all/${dependency?.id}`, second);
    });

    it(`writes each step of a ${kind} on its own, in the order of the contract`, async () => {
      const [heatJob] = (await sixPoints(world.stack.etcd.endpoints, gateway)).flatMap(({ point, key }) =>
        point === 2 ? [key] : [],
      );
      const revisions = await Promise.all(
        [String(heatJob), KEYS.stack(gateway), KEYS.state(gateway)].map((key) => firstRevision(world, key)),
      );
      assert.deepEqual(
        revisions,
        [...revisions].sort((a, b) => a - b),
      );
      assert.equal(new Set(revisions).size, revisions.length);
      const seen = distinct(await world.history(KEYS.jobState(gateway)));
      assert.equal(seen.length, 3);
      assert.deepEqual(seen.slice(0, 2), [{}, { heat_outputs: [] }]);
      assert.equal((await world.history(KEYS.state(gateway))).length, 1, '/state is written once');
    });

    it(`writes the inner strings of /state byte for byte as documented for a ${kind}`, async () => {
      const expected = seed.points.at(-1)?.value as { state: Record<string, string> };
      const got = (await world.state(gateway)) as { state: Record<string, string> };
      assert.equal(got.state['state_monitoring'], expected.state['state_monitoring']);
      assert.equal(got.state['heat_outputs'], expected.state['heat_outputs']);
    });
  }

  it('counts 24 + 2 parameters of a VPN gateway and 27 + 13 of an Internet gateway', async () => {
    const counts = await Promise.all(
      SAMPLE_GATEWAYS.map(async (gateway) => {
        const jobs = (await sixPoints(world.stack.etcd.endpoints, gateway)).filter(
          ({ point }) => point === 2,
        );
        return jobs.map(({ value }) => (value as [string, { params: unknown[] }])[1].params.length);
      }),
    );
    assert.deepEqual(counts, [
      [24, 2],
      [27, 13],
    ]);
  });
});

async function firstRevision(world: World, key: string): Promise<number> {
  let [entry] = await world.etcd.read('first', [key]);
  assert.ok(entry.value, key);
  for (;;) {
    const [before] = await world.etcd.read('first', [key], String(BigInt(entry.modRevision) - 1n));
    if (before.value === undefined) return Number(entry.modRevision);
    entry = before;
  }
}

/** Without what a deployment chooses anew, and without the order of `params`, which carries no meaning. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'params' && Array.isArray(inner)) {
      return (inner as { param: string }[]).toSorted((a, b) => a.param.localeCompare(b.param));
    }
    // The northbound API writes the body as a string, the documents show it decoded.
    return key === 'body' && typeof inner === 'string' ? (JSON.parse(inner) as unknown) : inner;
  });
  return JSON.parse(text.replace(SUFFIX, '$1')) as unknown;
}

function distinct(values: readonly unknown[]): unknown[] {
  return values.filter((value, index) => JSON.stringify(value) !== JSON.stringify(values[index - 1]));
}
