import assert from 'node:assert/strict';
import { gatewayOn } from '../../local/test-gateway.ts';

describe('a gateway for tests', () => {
  it('is on the given routers, whatever digits their ids contain', () => {
    const routers = {
      primary: '10251025-1025-4102-9102-510251025102',
      secondary: '20251025-1025-4102-9102-510251025102',
    };
    const { body } = gatewayOn('vpn_gateway', routers, 7).neighbour('ha_router');
    assert.deepEqual([body['primary_router_id'], body['secondary_router_id']], Object.values(routers));
  });
});
