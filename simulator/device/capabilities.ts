/** What the router offers in its hello. */

import type { DeviceOptions } from './options.ts';

const BASE = [
  'urn:ietf:params:netconf:base:1.0',
  'urn:ietf:params:netconf:capability:candidate:1.0',
  'urn:ietf:params:netconf:capability:confirmed-commit:1.0',
  'urn:ietf:params:netconf:capability:validate:1.0',
  'urn:ietf:params:netconf:capability:url:1.0?scheme=http,ftp,file',
  'http://xml.juniper.net/netconf/junos/1.0',
  'http://xml.juniper.net/dmi/system/1.0',
] as const;

export function capabilities(options: DeviceOptions): readonly string[] {
  return options.base11 ? ['urn:ietf:params:netconf:base:1.1', ...BASE] : BASE;
}
