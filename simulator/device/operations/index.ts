/** Every operation that the router knows, by its element's name. */

import type { Operation } from '../call.ts';
import { commit, commitConfiguration, validate } from './commit.ts';
import { getCommitInformation } from './commit-information.ts';
import { getConfig, getConfiguration } from './configuration.ts';
import { editConfig } from './edit-config.ts';
import { getFirewallCounterInformation, getFirewallFilterInformation } from './firewall.ts';
import { getInterfaceInformation } from './interfaces.ts';
import { loadConfiguration } from './load-configuration.ts';
import { discardChanges, lock, unlock } from './lock.ts';
import { closeConfiguration, openConfiguration } from './open-configuration.ts';
import { closeSession, killSession } from './sessions.ts';
import { getSoftwareInformation, getSystemInformation } from './system.ts';
import { getVrrpInformation, getVrrpInterfaceInformation } from './vrrp.ts';

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
  'get-interface-information': getInterfaceInformation,
  'get-firewall-filter-information': getFirewallFilterInformation,
  'get-firewall-counter-information': getFirewallCounterInformation,
  'get-system-information': getSystemInformation,
  'get-software-information': getSoftwareInformation,
  'close-session': closeSession,
  'kill-session': killSession,
} satisfies Record<string, Operation>);
