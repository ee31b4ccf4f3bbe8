/**
 * What a gateway looks like on its routers, told from the records alone. This is written down a second time on purpose: this file shares nothing with
 * the templates and the resolution that are tested.
 */
import { linesOf } from './lines.ts';
import type { Fields } from './records.ts';

export const KINDS = [
  'vpn_gateway',
  'internet_gateway',
  'static_route',
  'vpn_interface',
  'bgp_neighbor',
] as const;
export type Kind = (typeof KINDS)[number];
export const ROLES = ['primary', 'secondary'] as const;
export type Role = (typeof ROLES)[number];

export interface Expected {
  readonly role: Role;
  readonly routerId: string;
  /** Statements in set form. */
  readonly lines: readonly string[];
  /** The stanzas that it owns: everything inside of them is its own. */
  readonly stanzas: readonly string[];
  /** The unit whose VRRP is looked at: `ae0.1025`. `undefined`: no unit is looked at. */
  readonly unit: string | undefined;
  /** `<filter> <counter>` of each counter that is looked for. */
  readonly counters: readonly string[];
  /** Terms that must come before the term `all-accept`: each as its filter and the term. */
  readonly terms: readonly string[];
}

/** A resource's body, by type and id. */
export type Lookup = (type: string, id: string) => Fields | undefined;

/**
 * What the gateway looks like on the router of this role. `undefined`: the records determine nothing, because a value is missing or unfit for a
 * configuration.
 */
export function expectedOn(role: Role, kind: Kind, body: Fields, lookup: Lookup): Expected | undefined {
  try {
    return MAKERS[kind](role, body, lookup);
  } catch (error) {
    if (error instanceof UnfitError) return undefined;
    throw error;
  }
}

type Make = (role: Role, body: Fields, lookup: Lookup) => Expected;
const MAKERS: Readonly<Record<Kind, Make>> = {
  vpn_gateway: vpn,
  internet_gateway: internet,
  static_route: route,
  vpn_interface: address,
  bgp_neighbor: neighbor,
};

/** Thrown when a value that a configuration needs is missing, or is unfit for a configuration. */
class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

function vpn(role: Role, body: Fields, lookup: Lookup): Expected {
  const down = port(role, get(lookup, 'ha_interface', body['downlink_interface_id']), lookup);
  const up = port(role, get(lookup, 'ha_interface', body['uplink_interface_id']), lookup);
  const service = get(lookup, 'vpn_service', body['vpn_service_id']);
  const [downVlan, upVlan] = [word(body['downlink_vlan_id']), word(body['uplink_vlan_id'])];
  const vrf = word(body['vrf_name']);
  const downUnit = word(body[`${role}_logical_downlink_interface_name`]);
  const text = `
    interfaces {
      ${up.name} { unit ${upVlan} { description CloudGW_vpn; vlan-id ${upVlan}; } }
      ${down.name} { unit ${downVlan} {
        apply-groups ${word(service[`${role}_downlink_vrrp_config_group`])}; description vpn_gw; vlan-id ${downVlan};
        ${rates(body, lookup)}
      } }
    }
    routing-instances { ${vrf} {
      instance-type virtual-router;
      interface ${word(body[`${role}_logical_uplink_interface_name`])}; interface ${downUnit};
    } }`;
  const stanzas = [
    `interfaces ${up.name} unit ${upVlan}`,
    `interfaces ${down.name} unit ${downVlan}`,
    `routing-instances ${vrf}`,
  ];
  return {
    role,
    routerId: down.routerId,
    lines: linesOf(text),
    stanzas,
    unit: downUnit,
    counters: [],
    terms: [],
  };
}

function internet(role: Role, body: Fields, lookup: Lookup): Expected {
  const down = port(role, get(lookup, 'ha_interface', body['downlink_interface_id']), lookup);
  const service = get(lookup, 'internet_service', body['internet_service_id']);
  const [vlan, vrf] = [word(body['vlan_id']), word(body['vrf_name'])];
  const unit = word(body[`${role}_logical_interface_name`]);
  const [master, into, out] = [
    word(service['uplink_import_policy']),
    word(service['inet_in_filter']),
    word(service['inet_out_filter']),
  ];
  const { vrf_config: more } = service;
  const text = `
    interfaces { ${down.name} { unit ${vlan} {
      apply-groups ${word(service[`${role}_vrrp_config_group`])}; description inet_gw; vlan-id ${vlan};
      ${rates(body, lookup)}
    } } }
    routing-instances { ${vrf} {
      instance-type virtual-router; interface ${unit};
      routing-options { instance-import ${word(service['vrf_import_policy'])}; instance-export ${word(service['vrf_export_policy'])}; }
      ${typeof more === 'string' ? more : ''}
    } }
    policy-options {
      prefix-list ${vrf}_prefix;
      policy-statement ${master} { term ${vrf} { from instance ${vrf}; then accept; } }
    }
    firewall { family inet {
      filter ${into} { term ${vrf}_filter {
        from { destination-prefix-list { ${vrf}_prefix; } } then { count ${vrf}_IN; accept; }
      } }
      filter ${out} { term ${vrf}_filter {
        from { source-prefix-list { ${vrf}_prefix; } } then { count ${vrf}_OUT; accept; }
      } }
    } }`;
  const terms = [into, out].map((filter) => `firewall family inet filter ${filter} term ${vrf}_filter`);
  const stanzas = [
    `interfaces ${down.name} unit ${vlan}`,
    `routing-instances ${vrf}`,
    `policy-options prefix-list ${vrf}_prefix`,
    `policy-options policy-statement ${master} term ${vrf}`,
    ...terms,
  ];
  const counters = [`${into} ${vrf}_IN`, `${out} ${vrf}_OUT`];
  return { role, routerId: down.routerId, lines: linesOf(text), stanzas, unit, counters, terms };
}

/** A route in a VPN gateway. */
function route(role: Role, body: Fields, lookup: Lookup): Expected {
  const parent = get(lookup, 'vpn_gateway', body['vpn_gw_id']);
  const { routerId } = port(role, get(lookup, 'ha_interface', parent['downlink_interface_id']), lookup);
  const stanza = `routing-instances ${word(parent['vrf_name'])} routing-options static route ${word(body['destination'])}`;
  const lines = [`${stanza} next-hop ${word(body['nexthop'])}`];
  return { role, routerId, lines, stanzas: [stanza], unit: undefined, counters: [], terms: [] };
}

/** On the uplink of a VPN gateway. */
function address(role: Role, body: Fields, lookup: Lookup): Expected {
  const parent = get(lookup, 'vpn_gateway', body['vpn_gw_id']);
  const up = port(role, get(lookup, 'ha_interface', parent['uplink_interface_id']), lookup);
  const group = `routing-instances ${word(parent['vrf_name'])} protocols bgp group ${word(body['bgp_group'])}`;
  const own = `interfaces ${up.name} unit ${word(parent['uplink_vlan_id'])} family inet address ${word(body['ip_address'])}`;
  const policy = body['import_policy'] === '' ? [] : [`${group} import ${word(body['import_policy'])}`];
  const lines = [own, `${group} type external`, `${group} peer-as ${word(body['remote_as'])}`, ...policy];
  const { routerId } = up;
  return { role, routerId, lines, stanzas: [own, group], unit: undefined, counters: [], terms: [] };
}

/** In the group of an interface. */
function neighbor(role: Role, body: Fields, lookup: Lookup): Expected {
  const outer = get(lookup, 'vpn_interface', body['vpn_interface_id']);
  const parent = get(lookup, 'vpn_gateway', outer['vpn_gw_id']);
  const { routerId } = port(role, get(lookup, 'ha_interface', parent['downlink_interface_id']), lookup);
  const group = `routing-instances ${word(parent['vrf_name'])} protocols bgp group ${word(outer['bgp_group'])}`;
  const stanza = `${group} neighbor ${word(body['neighbor'])}`;
  const lines = [`${stanza} description ${word(body['text'])}`];
  return { role, routerId, lines, stanzas: [stanza], unit: undefined, counters: [], terms: [] };
}

function rates(body: Fields, lookup: Lookup): string {
  const qos = get(lookup, 'qos_option', body['qos_option_id']);
  const [into, out] = [word(qos['incoming_policer_name']), word(qos['outgoing_policer_name'])];
  return `family inet { filter { input FILTER_${into}; output FILTER_${out}; } }`;
}

/** The physical interface of a role, and the router that has it: the router that the ha_router names for this role. */
function port(
  role: Role,
  link: Fields,
  lookup: Lookup,
): { readonly name: string; readonly routerId: string } {
  const own = get(lookup, 'er_physical_interface', link[`${role}_interface_id`]);
  const pair = get(lookup, 'ha_router', link['ha_router_id']);
  return { name: word(own['name']), routerId: word(pair[`${role}_router_id`]) };
}

function get(lookup: Lookup, type: string, id: unknown): Fields {
  const found = typeof id === 'string' ? lookup(type, id) : undefined;
  if (found === undefined) throw new UnfitError(`no ${type}`);
  return found;
}

/** The value as one word of a configuration. Throws an `UnfitError` if it is none. */
function word(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^[\w./:+-]+$/.test(text)) throw new UnfitError('no word');
  return text;
}
