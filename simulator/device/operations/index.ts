/** Every operation that the router knows, by the name of its element. */

import type { Operation } from '../model.ts';
import { closeConfiguration, closeSession, killSession, lock, openConfiguration, unlock } from './access.ts';
import { commit, commitConfiguration, getCommitInformation, validate } from './commit.ts';
import { getConfig, getConfiguration } from './configuration.ts';
import { discardChanges, editConfig, loadConfiguration } from './edit.ts';
import {
  getFirewallCounterInformation,
  getFirewallFilterInformation,
  getFirewallInformation,
} from './firewall.ts';
import { getBgpNeighborInformation, getRouteInformation } from './routing.ts';
import {
  getInterfaceInformation,
  getRouteEngineInformation,
  getSoftwareInformation,
  getSystemInformation,
  getSystemUptimeInformation,
} from './status.ts';
import { getVrrpInformation, getVrrpInterfaceInformation } from './vrrp.ts';

// Without a prototype, so that `constructor` is not taken for an operation.
export const operations: Readonly<Partial<Record<string, Operation>>> = Object.assign(Object.create(null), {
  lock,
  unlock,
  'lock-configuration': lock,
  'unlock-configuration': unlock,
  'open-configuration': openConfiguration,
  'close-configuration': closeConfiguration,
  'discard-changes': discardChanges,
  'load-configuration': loadConfiguration,
  'edit-config': editConfig,
  validate,
  commit,
  'commit-configuration': commitConfiguration,
  'get-config': getConfig,
  'get-configuration': getConfiguration,
  'get-commit-information': getCommitInformation,
  'get-vrrp-information': getVrrpInformation,
  'get-vrrp-interface-information': getVrrpInterfaceInformation,
  'get-bgp-neighbor-information': getBgpNeighborInformation,
  'get-route-information': getRouteInformation,
  'get-interface-information': getInterfaceInformation,
  'get-firewall-information': getFirewallInformation,
  'get-firewall-filter-information': getFirewallFilterInformation,
  'get-firewall-counter-information': getFirewallCounterInformation,
  'get-route-engine-information': getRouteEngineInformation,
  'get-system-information': getSystemInformation,
  'get-software-information': getSoftwareInformation,
  'get-system-uptime-information': getSystemUptimeInformation,
  'close-session': closeSession,
  'kill-session': killSession,
} satisfies Record<string, Operation>);
