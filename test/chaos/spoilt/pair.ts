/** A gateway on one router only, half a gateway, too much of a gateway, a change that is still owed. */
import { runs, unitOf, without, writes, written } from '../spoil.ts';
import type { Spoilt } from '../spoil.ts';

export const pair: readonly Spoilt[] = [
  ['a gateway on the primary only', runs(1, without(unitOf(1025))), /missing: interfaces ae0 unit 1025/],
  ['a gateway on the secondary only', runs(0, without(unitOf(1026))), /missing: interfaces ae0 unit 1026/],
  [
    "the other router's apply-group",
    runs(0, (text) => text.replace('apply-groups VPNGW1-VRRP', 'apply-groups VPNGW2-VRRP')),
    /missing: interfaces ae0 unit 1025 apply-groups VPNGW1-VRRP/,
  ],
  [
    'a left-over of a gateway that failed',
    runs(0, (text) => text.replace(/ae0 \{/, 'ae0 {\n unit 1027 { description vpn_gw; vlan-id 1027; }')),
    /also: interfaces ae0 unit 1027/,
  ],
  [
    'a term behind the one that accepts all',
    runs(0, (text) =>
      text.replace(/(filter INET_IN \{)([\s\S]*?)(\n {12}term all-accept \{[\s\S]*?\n {12}\})/, '$1$3$2'),
    ),
    /it comes after/,
  ],
  [
    'a change that is still owed',
    writes(
      '/gateway-saga/owed-changes/r/vpn_gateways/<1027>/1:d',
      JSON.stringify({ gateway: { resourceId: 'x' } }),
    ),
    /gateway-saga\/owed-changes/,
  ],
  [
    'another version than the one that /state names',
    written('/config/v2.0/vpn_gateways/<1025>', 0, (value) => value.replaceAll('1025', '1035')),
    /missing: interfaces ae0 unit 1035/,
  ],
];
