import type { Parameter } from '../gateway/kind.ts';

/** Values that both sample gateways resolve to. */
const devices = {
  primary_device_ip: '10.79.5.185',
  primary_device_username: 'esi',
  primary_device_password: 'esiesi0000',
  primary_device_port: 830,
  secondary_device_ip: '10.79.5.184',
  secondary_device_username: 'esi',
  secondary_device_password: 'esiesi0000',
  secondary_device_port: 830,
  heat_timeout: '60',
  vrf_name: 'vrf_gw_sample-ha-router-downlink_1025',
};

export const vpnValues: Readonly<Record<string, Parameter['value']>> = {
  ...devices,
  primary_device_logical_uplink_interface: 'ge-0/0/1.122',
  primary_device_logical_downlink_interface: 'ae0.1025',
  primary_device_physical_uplink_interface: 'ge-0/0/1',
  primary_device_physical_downlink_interface: 'ae0',
  secondary_device_logical_uplink_interface: 'ge-0/0/1.122',
  secondary_device_logical_downlink_interface: 'ae0.1025',
  secondary_device_physical_uplink_interface: 'ge-0/0/1',
  secondary_device_physical_downlink_interface: 'ae0',
  primary_downlink_vrrp_config_group: 'VPNGW1-VRRP',
  secondary_downlink_vrrp_config_group: 'VPNGW2-VRRP',
  input_filter_name: 'FILTER_10M-GA-UP-VPN',
  output_filter_name: 'FILTER_10M-GA-DOWN-VPN',
  downlink_vlan: '1025',
  uplink_vlan: '122',
  downlink_interface_id: 'a3a62a37-5657-4822-98e0-991ab63f0e96',
};

export const internetValues: Readonly<Record<string, Parameter['value']>> = {
  ...devices,
  primary_device_logical_interface: 'ae0.1025',
  primary_device_physical_interface: 'ae0',
  secondary_device_logical_interface: 'ae0.1025',
  secondary_device_physical_interface: 'ae0',
  primary_vrrp_config_group: 'InetGW1-VRRP',
  secondary_vrrp_config_group: 'InetGW2-VRRP',
  input_filter_name: 'FILTER_10M-GA-UP-INET',
  output_filter_name: 'FILTER_10M-GA-DOWN-INET',
  inet_in_filter: 'INET_IN',
  inet_out_filter: 'INET_OUT',
  uplink_import_policy: 'INSTANCE-MASTER_IN',
  vrf_import_policy: 'INSTANCE-USER_IN',
  vrf_export_policy: 'INSTANCE-USER_OUT',
  jinja_vrf_config: '',
  vlan: '1025',
  prefix_list_name: 'vrf_gw_sample-ha-router-downlink_1025_prefix',
  filter_term_name: 'vrf_gw_sample-ha-router-downlink_1025_filter',
  username: 'esi',
  password: 'esiesi0000',
  ssh_port: 830,
  primary_server_ip: '10.79.5.185',
  secondary_server_ip: '10.79.5.184',
  downlink_interface_id: '1205d3f2-7568-412a-a554-012340ab3172',
  uplink_interface_id: null,
  counter_name_in_primary: 'vrf_gw_sample-ha-router-downlink_1025_IN',
  counter_name_in_secondary: 'vrf_gw_sample-ha-router-downlink_1025_IN',
  counter_name_out_primary: 'vrf_gw_sample-ha-router-downlink_1025_OUT',
  counter_name_out_secondary: 'vrf_gw_sample-ha-router-downlink_1025_OUT',
};

/** Values as parameters; those with `password` in their name are secrets. */
export const parameters = (values: Readonly<Record<string, Parameter['value']>>): Parameter[] =>
  Object.entries(values).map(([name, value]) => ({
    name,
    value,
    resources: [],
    secret: name.includes('password'),
  }));
