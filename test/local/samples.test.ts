import assert from 'node:assert/strict';
import { SAMPLE_GATEWAYS, SAMPLE_PAIRS, sampleGateways, sampleNeighbours } from '../../local/samples.ts';
import internet from '../seeds/internet_gateway.json' with { type: 'json' };
import vpn from '../seeds/vpn_gateway.json' with { type: 'json' };

interface Envelope {
  readonly body: unknown;
  readonly version: number;
  readonly marked_for_deletion: boolean;
}

const parse = (value: string): Envelope => JSON.parse(value) as Envelope;
const bodyOf = ({ body }: Envelope): Record<string, unknown> =>
  (typeof body === 'string' ? JSON.parse(body) : body) as Record<string, unknown>;

describe('the samples', () => {
  it('are the gateways of the two documents', () => {
    const records = sampleGateways().map(({ key, value }) => {
      const envelope = parse(value);
      return { key, value: { ...envelope, body: bodyOf(envelope) } };
    });
    const documented = [vpn, internet].map(({ points }) => ({
      key: points[0]?.key,
      value: points[0]?.value,
    }));
    assert.deepEqual(records, documented);
    assert.deepEqual(
      SAMPLE_GATEWAYS,
      [vpn, internet].map(({ resourceType, resourceId }) => ({ resourceType, resourceId })),
    );
  });

  it('have both forms of a body', () => {
    const forms = sampleGateways().map(({ value }) => typeof parse(value).body);
    assert.deepEqual(forms, ['object', 'string']);
  });

  it('contain every resource that the documents name, and no other', () => {
    const named = [vpn, internet].flatMap(({ points }) =>
      points.flatMap(({ key, value }) => {
        if (!key.startsWith('/jobs/')) return [];
        const [, job] = value as unknown as [string, { params: { resources: Record<string, string>[] }[] }];
        return job.params.flatMap(({ resources }) =>
          resources.map(
            (resource) => `/config/v2.0/${resource['resource_type']}s/${resource['resource_id']}`,
          ),
        );
      }),
    );
    const keys = sampleNeighbours().map(({ key }) => key);
    assert.deepEqual(keys.sort(), [...new Set(named)].sort());
    assert.equal(keys.length, 19);
  });

  it('refer only to resources that they contain', () => {
    const records = [...sampleGateways(), ...sampleNeighbours()];
    const ids = new Set(records.map(({ key }) => key.split('/').at(-1)));
    for (const { key, value } of records) {
      for (const [field, reference] of Object.entries(bodyOf(parse(value)))) {
        if (!field.endsWith('_id') || !/^[0-9a-f-]{36}$/.test(String(reference))) continue;
        assert.ok(ids.has(String(reference)), `${key}: ${field}`);
      }
    }
  });

  it('are on two pairs of routers that have the documents’ addresses', () => {
    const addresses = SAMPLE_PAIRS.map((pair) => pair.map(({ address }) => address));
    assert.deepEqual(addresses, [
      ['10.79.5.185:830', '10.79.5.184:830'],
      ['10.79.5.185:830', '10.79.5.184:830'],
    ]);
    assert.equal(new Set(SAMPLE_PAIRS.flat().map(({ id }) => id)).size, 4);
  });
});
