/** The kinds that no sample is of: each resolved and rendered, from records that are the samples' in other words. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ROLES } from '../../gateway/resource.ts';
import type { ResourceRecord } from '../../gateway/resource.ts';
import vpnFamily from '../../local/samples/vpn_family.json' with { type: 'json' };
import vpn from '../../local/samples/vpn_gateway.json' with { type: 'json' };
import { resolvedAmong } from '../gateway/kinds.ts';
import { render } from '../../templates/render.ts';

interface Given {
  readonly type: string;
  readonly body: { readonly id: string };
}

const VRF = 'vrf_gw_sample-ha-router-downlink_1025';
const golden = (name: string) => readFile(new URL(`goldens/${name}.conf`, import.meta.url), 'utf8');

describe('the kinds that no sample is of', () => {
  const rendered = async (wanted: Given, given: readonly Given[]) => {
    const records = new Map(
      [...given, wanted].map(({ type, body }): [string, ResourceRecord] => [
        `${type} ${body.id}`,
        {
          ref: { type, id: body.id },
          body: { ...body },
          version: 1,
          markedForDeletion: false,
          modRevision: '1',
        },
      ]),
    );
    const { kind, ...found } = await resolvedAmong(records, { type: wanted.type, id: wanted.body.id });
    const parameters = [...found.provisioning, ...found.monitoring];
    return { found, texts: ROLES.map((role) => render(kind, role, parameters)) };
  };

  /** The VPN gateway and what lies in it, in the words of another service. */
  const inWordsOf = (service: string): readonly Given[] => {
    const body = { ...vpn.gateway.body, connected_vpn_interface: vpnFamily.connected.id };
    const all = [{ ...vpn.gateway, body }, ...vpn.neighbours, ...vpnFamily.neighbours, ...vpnFamily.children];
    const text = JSON.stringify(all)
      .replaceAll('vpn_', `${service}_`)
      .replaceAll('"service_type":"vpn"', `"service_type":"${service}"`);
    return JSON.parse(text) as Given[];
  };

  const WORDS = {
    aws: ['AWS_Downlink', 'AWS_Uplink', 'AWS-PE'],
    azure: ['AZURE_Downlink', 'AZURE_Uplink', 'AZURE-PE'],
    gcp: ['GCP_Downlink', 'GCP_Uplink', 'GCP-PE'],
  } as const;

  for (const [service, [downlink, uplink, group]] of Object.entries(WORDS))
    it(`of ${service} have the VPN's texts, with words of their own`, async () => {
      const all = inWordsOf(service);
      const one = (type: string) => all.find((found) => found.type === type) ?? assert.fail(type);
      for (const [index, role] of ROLES.entries()) {
        const gateway = (await golden(`vpn_gateway.${role}`))
          .replace('CloudGW_vpn', uplink)
          .replace('description vpn_gw', `description ${downlink}`);
        const { texts } = await rendered(one(`${service}_gateway`), all);
        assert.equal(texts[index]?.create, gateway);
        const key = / \{\n\s+authentication-key [^\n]+\n\s+\}/;
        const recorded = await golden(`family/vpn_interface-of-vpn_gateway.${role}`);
        const uplinks = await rendered(one(`${service}_interface`), all);
        assert.equal(
          uplinks.texts[index]?.create,
          (service === 'gcp' ? recorded.replace(key, ';') : recorded).replace('CloudGW1', group),
        );
        for (const type of ['gw_interface', 'static_route']) {
          const { texts: children } = await rendered(one(type), all);
          assert.equal(children[index]?.create, await golden(`family/${type}-of-vpn_gateway.${role}`));
        }
      }
    });

  it('of another data centre track the other link of their own router', async () => {
    const groups = {
      primary_uplink_vrrp_config_group: 'UP-ACT',
      secondary_uplink_vrrp_config_group: 'UP-SBY',
    };
    const all = inWordsOf('interdc').map((one) =>
      one.type === 'interdc_service' ? { ...one, body: { ...one.body, ...groups } } : one,
    );
    const gateway = all.find(({ type }) => type === 'interdc_gateway') ?? assert.fail();
    const { found, texts } = await rendered(gateway, all);
    assert.deepEqual([found.provisioning.length, found.monitoring.length], [26, 2]);
    assert.match(texts[0]?.create ?? '', /apply-groups UP-ACT;\n\s+description DC10GVDX;/);
    assert.match(texts[1]?.create ?? '', /apply-groups UP-SBY;\n\s+description DC10GVDX;/);
    const address = all.find(({ type }) => type === 'gw_interface') ?? assert.fail();
    const uplink = { type: 'interdc_interface', body: { ...address.body, id: 'uplink' } };
    const tracked = async (one: Given) =>
      (await rendered(one, all)).texts.map(({ create }) => [
        / ([\w/-]+) \{\n\s+unit (\d+)/.exec(create)?.slice(1).join('.'),
        /track \{\n\s+interface (\S+) /.exec(create)?.[1],
      ]);
    assert.deepEqual(await tracked(uplink), [
      ['ge-0/0/1.122', 'ae0.1025'],
      ['ge-0/0/1.122', 'ae0.1025'],
    ]);
    assert.deepEqual(await tracked(address), [
      ['ae0.1025', 'ge-0/0/1.122'],
      ['ae0.1025', 'ge-0/0/1.122'],
    ]);
  });

  it('of shared services have a part for each of them, and a word for each VRRP group', async () => {
    const functions = [1, 2].map((number) => ({
      type: 'common_function',
      body: { id: `function-${number}`, common_function_number: number },
    }));
    const pool = {
      type: 'common_function_pool',
      body: {
        id: 'pool',
        vrrp_group_name: 'IF-USER-VRRP-ACT',
        service_vrf_name: 'SHARED-RESOURCE',
        service_interface_name: 'ms-0/2/0',
        logical_tunnel_interface_name: 'lt-0/0/0',
        snapt_group_name: 'SNAPT-RULE',
        snapt_pool_group_name: 'SNAPT-POOL',
        dnat_group_name: 'DNAT-RULE',
        dnat_pool_group_name: 'DNAT-POOL',
        vrrp_config: [{ vrid: 41 }, { vrid: 42 }],
      },
    };
    const gateway = {
      type: 'common_function_gateway',
      body: {
        id: 'gateway',
        common_function_pool_id: 'pool',
        downlink_interface_id: vpn.gateway.body.downlink_interface_id,
        vlan_id: '1025',
        vrf_name: VRF,
        nat_ip: '100.64.0.10',
        logical_tunnel_unit_user: 1025,
        logical_tunnel_unit_service: 11025,
        primary_logical_interface_name: 'ae0.1025',
        secondary_logical_interface_name: 'ae0.1025',
        common_functions: functions.map(({ body }) => ({ common_function_id: body.id })),
      },
    };
    const { found, texts } = await rendered(gateway, [...vpn.neighbours, ...functions, pool]);
    assert.deepEqual([found.provisioning.length, found.monitoring.length], [28, 11]);
    assert.deepEqual(
      found.provisioning.find(({ name }) => name === 'common_functions'),
      {
        name: 'common_functions',
        value: [1, 2],
        resources: functions.map(({ type, body }) => ({ resource_type: type, resource_id: body.id })),
        secret: false,
      },
    );
    for (const { create } of texts) assert.equal(create, await golden('family/common_function_gateway'));
    assert.deepEqual(
      texts.flatMap(({ monitors }) => monitors.map(({ name, word }) => [name, word])),
      [
        ['primary_41', 'master'],
        ['primary_42', 'master'],
        ['secondary_41', 'backup'],
        ['secondary_42', 'backup'],
      ],
    );
  });
});
