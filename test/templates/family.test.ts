/** What lies in the sample gateways: each parameter with its origin, and the text for each router, as recorded on real routers. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ROLES, isRecord } from '../../gateway/resource.ts';
import type { Fields, ResourceRecord } from '../../gateway/resource.ts';
import {
  SAMPLE_CHILDREN,
  connectedGateway,
  sampleFamilies,
  sampleGateways,
  sampleNeighbours,
} from '../../local/samples.ts';
import { readEnvelope } from '../../etcd/config-records.ts';
import { resolvedAmong } from '../gateway/kinds.ts';
import { render } from '../../templates/render.ts';

/** By kind and gateway: how many parameters each job has, and the words that are written once all was seen. */
const EXPECTED: Readonly<
  Record<
    string,
    { readonly parameters: readonly [number, number]; readonly words: Readonly<Record<string, string>> }
  >
> = {
  'vpn_interface of vpn_gateway': {
    parameters: [25, 14],
    words: {
      primary: 'ESTABLISHED',
      primary_uplink: 'ACTIVE',
      secondary: 'ESTABLISHED',
      secondary_uplink: 'ACTIVE',
    },
  },
  'gw_interface of vpn_gateway': { parameters: [26, 12], words: { primary: 'master', secondary: 'backup' } },
  'static_route of vpn_gateway': { parameters: [12, 0], words: {} },
  'public_ip of internet_gateway': { parameters: [12, 0], words: {} },
  'gw_interface of internet_gateway': {
    parameters: [25, 12],
    words: { primary: 'master', secondary: 'backup' },
  },
  'static_route of internet_gateway': { parameters: [13, 0], words: {} },
};

describe('what lies in the sample gateways', () => {
  const records = new Map<string, ResourceRecord>();

  before(() => {
    for (const one of [...sampleNeighbours(), ...sampleGateways(), ...sampleFamilies(), connectedGateway()]) {
      const [, collection = '', id = ''] = /^\/config\/v2\.0\/(.+)s\/(.+)$/.exec(one.key) ?? [];
      const record = readEnvelope({ type: collection, id }, JSON.parse(one.value) as Fields);
      assert.ok(isRecord(record), one.key);
      records.set(`${collection} ${id}`, record);
    }
  });

  const resolved = ({ resourceType, resourceId }: (typeof SAMPLE_CHILDREN)[number]) =>
    resolvedAmong(records, { type: resourceType, id: resourceId });

  for (const [index, child] of SAMPLE_CHILDREN.entries()) {
    const name = Object.keys(EXPECTED)[index] ?? '';
    it(`${name} has its parameters, words and texts`, async () => {
      const { kind, provisioning, monitoring, readThrough } = await resolved(child);
      assert.equal(`${child.resourceType} of ${readThrough[0]?.type}`, name);
      const { parameters, words } = EXPECTED[name] ?? assert.fail();
      assert.deepEqual([provisioning.length, monitoring.length], parameters);
      const rendered = ROLES.map((role) => render(kind, role, [...provisioning, ...monitoring]));
      const seen = rendered.flatMap(({ monitors }) => monitors);
      assert.deepEqual(
        Object.fromEntries(
          seen.map(({ name: monitor, word, bgp }) => [monitor, word ?? (bgp ? 'ESTABLISHED' : 'ACTIVE')]),
        ),
        words,
      );
      for (const [at, role] of ROLES.entries()) {
        const file = new URL(`goldens/family/${name.replaceAll(' ', '-')}.${role}.conf`, import.meta.url);
        assert.equal(rendered[at]?.create, await readFile(file, 'utf8'));
      }
    });
  }

  it('a missing public address is an empty word, and names no resource', async () => {
    const child = SAMPLE_CHILDREN.find(({ resourceType }) => resourceType === 'public_ip');
    assert.ok(child);
    const key = `public_ip ${child.resourceId}`;
    const record = records.get(key);
    assert.ok(record);
    records.delete(key);
    try {
      const route = SAMPLE_CHILDREN.at(-1);
      assert.ok(route);
      const { provisioning } = await resolved(route);
      assert.deepEqual(
        provisioning.find(({ name }) => name === 'public_ip_id'),
        { name: 'public_ip_id', value: '', resources: [], secret: false },
      );
    } finally {
      records.set(key, record);
    }
  });
});
