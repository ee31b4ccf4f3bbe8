import assert from 'node:assert/strict';
import { gatewayOn } from '../../local/test-gateway.ts';

const ROUTERS = { primary: 'one', secondary: 'other' };

describe('gateways for tests and benchmarks', () => {
  it('have units of their own, with VLANs that there are, however many lie on one pair', () => {
    const units = new Set<string>();
    for (let number = 0; number < 20_000; number += 499) {
      const { gateway } = gatewayOn('vpn_gateway', ROUTERS, number);
      const body: Readonly<Record<string, unknown>> = gateway.body;
      for (const field of ['uplink_vlan_id', 'downlink_vlan_id']) assert.ok(Number(body[field]) <= 4_094);
      for (const field of ['uplink', 'downlink'])
        units.add(String(body[`primary_logical_${field}_interface_name`]));
      units.add(String(body['vrf_name']));
    }
    assert.equal(units.size, 3 * Math.ceil(20_000 / 499));
  });
});
