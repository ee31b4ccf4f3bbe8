import assert from 'node:assert/strict';
import { isSameGateway } from '../../gateway/resource.ts';

describe('a gateway', () => {
  const gateway = { resourceType: 'vpn_gateway', resourceId: 'a' };

  it('is the same in any version', () => {
    const newer = { ...gateway, version: 2 };
    assert.ok(isSameGateway(gateway, newer));
  });

  it('is another one if its type or its id is another one, and if there is none', () => {
    assert.ok(!isSameGateway({ ...gateway, resourceType: 'internet_gateway' }, gateway));
    assert.ok(!isSameGateway({ ...gateway, resourceId: 'aa' }, gateway));
    assert.ok(!isSameGateway(undefined, gateway));
  });
});
