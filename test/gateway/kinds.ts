/** Both sample kinds' mappings, written down once more by hand: what the project's own templates say is tested elsewhere. */
import type { Kind, Mapping } from '../../gateway/kind.ts';
import type { FieldRule } from '../../gateway/resource.ts';

const field = (field: string): Mapping => ({ field });
const at = (path: string, field: string): Mapping => ({ path: path.split(' '), field });
const concat = (...concat: Mapping[]): Mapping => ({ concat });
const text = (constant: string): Mapping => ({ constant });

const PRIMARY = 'downlink_interface_id ha_router_id primary_router_id';
const SECONDARY = 'downlink_interface_id ha_router_id secondary_router_id';

const device = (role: string, path: string): Record<string, Mapping> => ({
  [`${role}_device_ip`]: at(path, 'ip'),
  [`${role}_device_port`]: at(path, 'ssh_port'),
  [`${role}_device_username`]: at(path, 'login'),
  [`${role}_device_password`]: at(path, 'password'),
});

const filters: Record<string, Mapping> = {
  input_filter_name: concat(text('FILTER_'), at('qos_option_id', 'incoming_policer_name')),
  output_filter_name: concat(text('FILTER_'), at('qos_option_id', 'outgoing_policer_name')),
};

const id: FieldRule = { type: 'string', required: true };
const name: FieldRule = { type: 'name', required: true };
const to = (refersTo: string, required = true): FieldRule => ({ type: 'string', required, refersTo });
const vlan = (restrictedBy: string): FieldRule => ({ type: 'vlan', required: true, restrictedBy });

const rest = {
  routers: { primary: PRIMARY.split(' '), secondary: SECONDARY.split(' ') },
  create: '',
  arrange: '',
  remove: '',
  owns: [],
  monitors: [],
};

export const VPN: Kind = {
  ...rest,
  resourceType: 'vpn_gateway',
  schema: {
    fields: {
      id,
      tenant_id: { type: 'string' },
      vrf_name: name,
      downlink_vlan_id: vlan('downlink_interface_id'),
      uplink_vlan_id: vlan('uplink_interface_id'),
      downlink_interface_id: to('ha_interface'),
      uplink_interface_id: to('ha_interface'),
      vpn_service_id: to('vpn_service'),
      qos_option_id: to('qos_option'),
      primary_logical_downlink_interface_name: name,
      secondary_logical_downlink_interface_name: name,
      primary_logical_uplink_interface_name: name,
      secondary_logical_uplink_interface_name: name,
    },
  },
  provisioning: {
    id: 'vpn_gateway',
    handler: 'heat_worker',
    mappings: {
      ...device('primary', PRIMARY),
      ...device('secondary', SECONDARY),
      ...filters,
      downlink_vlan: field('downlink_vlan_id'),
      uplink_vlan: field('uplink_vlan_id'),
      heat_timeout: text('60'),
      vrf_name: field('vrf_name'),
      primary_device_logical_downlink_interface: field('primary_logical_downlink_interface_name'),
      secondary_device_logical_downlink_interface: field('secondary_logical_downlink_interface_name'),
      primary_device_logical_uplink_interface: field('primary_logical_uplink_interface_name'),
      secondary_device_logical_uplink_interface: field('secondary_logical_uplink_interface_name'),
      primary_device_physical_downlink_interface: at('downlink_interface_id primary_interface_id', 'name'),
      secondary_device_physical_downlink_interface: at(
        'downlink_interface_id secondary_interface_id',
        'name',
      ),
      primary_device_physical_uplink_interface: at('uplink_interface_id primary_interface_id', 'name'),
      secondary_device_physical_uplink_interface: at('uplink_interface_id secondary_interface_id', 'name'),
      primary_downlink_vrrp_config_group: at('vpn_service_id', 'primary_downlink_vrrp_config_group'),
      secondary_downlink_vrrp_config_group: at('vpn_service_id', 'secondary_downlink_vrrp_config_group'),
    },
  },
  monitoring: {
    id: 'vpn_gateway_monitoring',
    handler: 'monitoring_worker',
    mappings: {
      downlink_interface_id: at('downlink_interface_id', 'id'),
      primary_device_ip: at(PRIMARY, 'ip'),
    },
  },
};

const SERVICE = 'internet_service_id';
const suffixed = (suffix: string): Mapping => concat(field('vrf_name'), text(suffix));

export const INTERNET: Kind = {
  ...rest,
  resourceType: 'internet_gateway',
  schema: {
    fields: {
      id,
      tenant_id: { type: 'string' },
      vrf_name: name,
      vlan_id: vlan('downlink_interface_id'),
      downlink_interface_id: to('ha_interface'),
      associated_uplink_id: to('ha_interface', false),
      internet_service_id: to('internet_service'),
      qos_option_id: to('qos_option'),
      primary_logical_interface_name: name,
      secondary_logical_interface_name: name,
    },
  },
  provisioning: {
    id: 'internet_gateway',
    handler: 'heat_worker',
    mappings: {
      ...device('primary', PRIMARY),
      ...device('secondary', SECONDARY),
      ...filters,
      vlan: field('vlan_id'),
      heat_timeout: text('60'),
      vrf_name: field('vrf_name'),
      prefix_list_name: suffixed('_prefix'),
      filter_term_name: suffixed('_filter'),
      primary_device_logical_interface: field('primary_logical_interface_name'),
      secondary_device_logical_interface: field('secondary_logical_interface_name'),
      primary_device_physical_interface: at('downlink_interface_id primary_interface_id', 'name'),
      secondary_device_physical_interface: at('downlink_interface_id secondary_interface_id', 'name'),
      primary_vrrp_config_group: at(SERVICE, 'primary_vrrp_config_group'),
      secondary_vrrp_config_group: at(SERVICE, 'secondary_vrrp_config_group'),
      inet_in_filter: at(SERVICE, 'inet_in_filter'),
      inet_out_filter: at(SERVICE, 'inet_out_filter'),
      vrf_import_policy: at(SERVICE, 'vrf_import_policy'),
      vrf_export_policy: at(SERVICE, 'vrf_export_policy'),
      uplink_import_policy: at(SERVICE, 'uplink_import_policy'),
      jinja_vrf_config: at(SERVICE, 'vrf_config'),
    },
  },
  monitoring: {
    id: 'internet_gateway_monitoring',
    handler: 'monitoring_worker',
    mappings: {
      username: at(PRIMARY, 'login'),
      password: at(PRIMARY, 'password'),
      ssh_port: at(PRIMARY, 'ssh_port'),
      primary_server_ip: at(PRIMARY, 'ip'),
      secondary_server_ip: at(SECONDARY, 'ip'),
      downlink_interface_id: at('downlink_interface_id', 'id'),
      uplink_interface_id: at('associated_uplink_id', 'id'),
      inet_in_filter: at(SERVICE, 'inet_in_filter'),
      inet_out_filter: at(SERVICE, 'inet_out_filter'),
      counter_name_in_primary: suffixed('_IN'),
      counter_name_in_secondary: suffixed('_IN'),
      counter_name_out_primary: suffixed('_OUT'),
      counter_name_out_secondary: suffixed('_OUT'),
    },
  },
};
