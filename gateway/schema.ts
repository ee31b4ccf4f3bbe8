/**
 * The resources around a gateway, by type: the fields that parameters are read through, and what they must hold.
 * A field that is not named here is kept, ignored, and can't be mapped to a parameter. The kinds of gateway bring their own schema.
 */
import type { FieldRule, ResourceSchema, Schemas } from './resource.ts';

const id: FieldRule = { type: 'string', required: true };
const label: FieldRule = { type: 'string' };
const name: FieldRule = { type: 'name', required: true };

function reference(refersTo: string): FieldRule {
  return { type: 'string', required: true, refersTo };
}

export const RESOURCES: Readonly<Record<string, ResourceSchema>> = {
  edge_router: {
    fields: {
      id,
      name: label,
      ip: { type: 'host', required: true },
      login: { type: 'string', required: true },
      password: { type: 'string', required: true, secret: true },
      ssh_port: { type: 'port', required: true },
    },
  },
  ha_router: {
    fields: {
      id,
      primary_router_id: reference('edge_router'),
      secondary_router_id: reference('edge_router'),
    },
  },
  ha_interface: {
    fields: {
      id,
      ha_router_id: reference('ha_router'),
      primary_interface_id: reference('er_physical_interface'),
      secondary_interface_id: reference('er_physical_interface'),
      link_type: label,
      restricted_vlans: { type: 'vlan-ranges' },
    },
  },
  er_physical_interface: {
    fields: { id, name, device_id: { type: 'string', refersTo: 'edge_router' } },
  },
  qos_option: {
    fields: { id, incoming_policer_name: name, outgoing_policer_name: name },
  },
  vpn_service: {
    fields: {
      id,
      primary_downlink_vrrp_config_group: name,
      secondary_downlink_vrrp_config_group: name,
    },
  },
  internet_service: {
    fields: {
      id,
      inet_in_filter: name,
      inet_out_filter: name,
      vrf_import_policy: name,
      vrf_export_policy: name,
      uplink_import_policy: name,
      primary_vrrp_config_group: name,
      secondary_vrrp_config_group: name,
      vrf_config: { type: 'configuration' },
    },
  },
};

/** The schemas of the resources around gateways, and of these kinds: a gateway may refer to another one. */
export function schemasWith(
  kinds: Iterable<{ readonly resourceType: string; readonly schema: ResourceSchema }>,
): Schemas {
  const ofKinds = [...kinds].map(({ resourceType, schema }) => [resourceType, schema] as const);
  return new Map([...Object.entries(RESOURCES), ...ofKinds]);
}
