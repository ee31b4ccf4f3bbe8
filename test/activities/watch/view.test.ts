import assert from 'node:assert/strict';
import { typesOf } from '../../../activities/watch/types.ts';
import { View } from '../../../activities/watch/view.ts';
import type { Entry } from '../../../etcd/client.ts';
import { gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { loadKinds } from '../../../templates/load.ts';

let revision = 0;
const entry = (key: string, value: string | undefined): Entry => ({
  key,
  value: value === undefined ? undefined : Buffer.from(value),
  modRevision: String((revision += 1)),
  lease: '0',
});

describe('what the watch knows of /config and /state', () => {
  let view: View;
  let types: ReturnType<typeof typesOf>;
  before(async () => {
    const kinds = await loadKinds();
    types = typesOf(kinds, kinds.neighbours);
  });
  beforeEach(() => {
    view = new View(types);
  });
  const note = ({ gateway, neighbours }: TestGateway) => {
    for (const { key, value } of [gateway, ...neighbours].map(recordOf)) view.note(entry(key, value));
  };

  it('counts gateways of different interfaces by their pair of routers', () => {
    const pair = { primary: 'r-1', secondary: 'r-2' };
    const [one, other] = [gatewayOn('vpn_gateway', pair), gatewayOn('internet_gateway', pair, 1)];
    note(one);
    note(other);
    assert.equal(view.groupOf(one), 'edge_router:r-1+edge_router:r-2');
    assert.equal(view.groupOf(other), view.groupOf(one));
    const elsewhere = gatewayOn('vpn_gateway', { primary: 'r-1', secondary: 'r-3' });
    note(elsewhere);
    assert.equal(view.groupOf(elsewhere), 'edge_router:r-1+edge_router:r-3');
  });

  it('counts a gateway by what is known, if its references lead nowhere', () => {
    const gateway = gatewayOn('vpn_gateway', { primary: 'r-1', secondary: 'r-2' });
    view.note(entry(recordOf(gateway.gateway).key, recordOf(gateway.gateway).value));
    const { downlink_interface_id: downlink } = gateway.gateway.body;
    assert.equal(
      view.groupOf(gateway),
      [downlink, downlink].map((id) => `ha_interface:${String(id)}`).join('+'),
    );
    assert.equal(view.groupOf({ resourceType: 'vpn_gateway', resourceId: 'nobody' }), 'vpn_gateway');
  });

  it('keeps versions, and forgets what is gone', () => {
    const id = view.note(entry('/config/v2.0/vpn_gateways/g', '{"version":2,"body":"{}"}'));
    assert.equal(id, 'vpn_gateway:g');
    view.note(entry('/state/v2.0/vpn_gateways/g', '{"version":1,"state":{}}'));
    assert.equal(view.all.get('vpn_gateway:g')?.config?.version, 2);
    assert.equal(view.all.get('vpn_gateway:g')?.state?.version, 1);
    view.note(entry('/config/v2.0/vpn_gateways/g', 'no JSON'));
    assert.equal(view.all.get('vpn_gateway:g')?.config?.reason, 'the record is not valid JSON');
    view.note(entry('/config/v2.0/vpn_gateways/g', undefined));
    assert.equal(view.all.get('vpn_gateway:g')?.config, undefined);
    view.note(entry('/state/v2.0/vpn_gateways/g', undefined));
    assert.equal(view.all.size, 0);
  });

  it('keeps who waits by the keys alone, until the last of them is gone', () => {
    const keys = [
      '/gateway-saga/waiting/vpn_gateways/g/static_route:r',
      '/gateway-saga/waiting/vpn_interfaces/i/static_route:r',
    ];
    for (const key of keys) assert.equal(view.note(entry(key, 'no JSON')), 'static_route:r');
    assert.equal(view.waits('static_route:r'), true);
    assert.equal(view.waits('vpn_gateway:g'), false);
    for (const key of keys) {
      assert.equal(view.waits('static_route:r'), true);
      assert.equal(view.note(entry(key, undefined)), 'static_route:r');
    }
    assert.equal(view.waits('static_route:r'), false);
    assert.equal(view.note(entry('/gateway-saga/waiting/vpn_gateways/g/nobody', '{}')), undefined);
    assert.equal(view.all.size, 0);
  });

  it('leaves everything else alone', () => {
    for (const key of [
      '/config/v2.0/heat_templates/vpn_gateway',
      '/config/v2.0/vpn_gateways/',
      '/config/v2.0/vpn_gateways/a/b',
      '/config/v1.0/vpn_gateways/g',
      '/config/v2.0/vpn_gateway/g',
      '/monitoring/v2.0/vpn_gateways/g',
    ])
      assert.equal(view.note(entry(key, '{"version":1,"body":{}}')), undefined, key);
    assert.equal(view.all.size, 0);
  });

  it('tells gateways from what they refer to; a kind makes a gateway of it', () => {
    const word = (plural: string, of = types) => of.get(plural)?.isGateway;
    assert.equal(word('vpn_gateways'), true);
    for (const plural of ['vpn_services', 'qos_options', 'ha_routers', 'ha_interfaces', 'edge_routers'])
      assert.equal(word(plural), false, plural);
    assert.equal(word('tenants'), undefined);
    assert.equal(word('vpn_services', typesOf(new Map([['vpn_service', undefined]]), new Map())), true);
  });
});
