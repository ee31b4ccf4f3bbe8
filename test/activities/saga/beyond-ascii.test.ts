import assert from 'node:assert/strict';
import { preparePlan } from '../../../activities/saga/planner.ts';
import { kindsOf } from '../../../gateway/kind.ts';
import type { Kinds } from '../../../gateway/kind.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { KindSet, loadKinds } from '../../../templates/load.ts';
import { useEtcd } from '../../etcd/fixture.ts';

/** A router prints these words in a form of its own, so that one could not tell what it carries from somebody else's change. */
const WORDS = ['Straße', 'Zürich', '長', 'a\u00a0b'];

describe('text beyond ASCII that would reach a router', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let folder: Kinds;
  before(async () => {
    folder = await loadKinds();
  });

  async function reasonOf(gateway: TestGateway, kinds: Kinds): Promise<string> {
    await writeRecords([etcd().endpoint], [...gateway.neighbours, gateway.gateway].map(recordOf));
    const { resourceType, resourceId } = gateway;
    const outcome = await preparePlan({ store: etcd().store, kinds }, { resourceType, resourceId });
    assert.equal(outcome.kind, 'invalid');
    return outcome.reason;
  }

  const onRouters = { primary: 'ascii-1', secondary: 'ascii-2' };

  /** The VPN kind, with a further line in its template and a further parameter. */
  function kindsWith(line: string, mapping: object): Kinds {
    const loaded = folder.get('vpn_gateway');
    assert.ok(loaded !== undefined);
    const [kind] = kindsOf(loaded.kind);
    const { provisioning } = kind;
    const mappings = { ...provisioning.mappings, note: mapping } as typeof provisioning.mappings;
    const create = kind.create.replace('description vpn_gw;', line);
    assert.notEqual(create, kind.create);
    const changed = { ...kind, create, provisioning: { ...provisioning, mappings } };
    return new KindSet([['vpn_gateway', { ...loaded, kind: changed }]], folder.neighbours);
  }

  for (const word of WORDS) {
    it(`is refused at plan in a string of the gateway, with the field: ${JSON.stringify(word)}`, async () => {
      const gateway = gatewayOn('vpn_gateway', onRouters, 1);
      gateway.gateway.body['description'] = word;
      const kinds = kindsWith('description {{text note}};', { field: 'description' });
      assert.match(
        await reasonOf(gateway, kinds),
        new RegExp(
          `^vpn_gateways/${gateway.resourceId}: field "description": expected one line of .* ASCII .*, got '${word.replace('\u00a0', String.raw`\\u00a0`)}'`,
        ),
      );
    });

    it(`is refused at plan in free configuration text, with the field: ${JSON.stringify(word)}`, async () => {
      const gateway = gatewayOn('internet_gateway', onRouters, 1);
      const { body } = gateway.neighbour('internet_service');
      const holder = 'vrf_config' in gateway.gateway.body ? gateway.gateway.body : body;
      holder['vrf_config'] = `routing-options { x "${word}"; }`;
      assert.match(
        await reasonOf(gateway, folder),
        /field "vrf_config": expected configuration text .* ASCII/,
      );
    });
  }

  it('is refused at plan in a string of another record, with that record', async () => {
    const gateway = gatewayOn('vpn_gateway', onRouters, 1);
    const option = gateway.neighbour('qos_option');
    option.body['incoming_policer_name'] = 'Zürich';
    const reason = await reasonOf(gateway, folder);
    assert.ok(reason.startsWith(`qos_options/${option.body.id}: field "incoming_policer_name": `), reason);
  });

  it('is refused at plan in a value of several parts, with the part that has it', async () => {
    const gateway = gatewayOn('vpn_gateway', onRouters, 1);
    gateway.gateway.body['description'] = 'Zürich';
    const kinds = kindsWith('description {{text note}};', {
      concat: [{ constant: 'at ' }, { field: 'description' }],
    });
    assert.match(await reasonOf(gateway, kinds), /field "description": expected .* ASCII/);
  });

  it('is refused at plan in a template’s own text, with the template', async () => {
    const kinds = kindsWith('description "in Zürich";', { field: 'description' });
    assert.match(
      await reasonOf(gatewayOn('vpn_gateway', onRouters, 1), kinds),
      /^template vpn_gateway\/create: expected ASCII text, got 'ü'/,
    );
  });

  it('is taken in a field that reaches no router', async () => {
    const gateway = gatewayOn('vpn_gateway', onRouters, 1);
    gateway.gateway.body['description'] = 'Straße';
    await writeRecords([etcd().endpoint], [...gateway.neighbours, gateway.gateway].map(recordOf));
    const { resourceType, resourceId } = gateway;
    const outcome = await preparePlan({ store: etcd().store, kinds: folder }, { resourceType, resourceId });
    assert.equal(outcome.kind, 'prepared', JSON.stringify(outcome).slice(0, 500));
  });
});
