/**
 * How a router writes its replies, where routers differ: by release, by model, by `rfc-compliant`. Each of these forms was seen on a real
 * router. The defaults are the documented ones.
 */

import { leaf, wrap } from './xml.ts';

export interface Dialect {
  /** `<routing-engine>` in the reply to a check or a commit. `open`: its end tag is missing. Default `closed`. */
  readonly routingEngine: 'closed' | 'open';
  /**
   * Errors and warnings in the reply to a load, a check or a commit. `rpc-error` (default); `xnm`: `<xnm:error>` and `<xnm:warning>`;
   * `count`: the reply to a load that has failed says only how many errors there were.
   */
  readonly errors: 'rpc-error' | 'xnm' | 'count';
  /** Where an `<rpc-error>` names the process that refused. `beside` the message (default), or `inside` `<error-info>`. */
  readonly sourceDaemon: 'beside' | 'inside';
  /**
   * VRRP groups. `apart` (default): each in an element of its own, with its interface's name. `together`: all groups of a port in one element,
   * with port and unit before each group.
   */
  readonly vrrpGroups: 'apart' | 'together';
  /** How the router says that VRRP does not run: by a `warning` (default), as `output`, or by an `xnm` warning. */
  readonly vrrpIdle: 'warning' | 'output' | 'xnm';
  /** Reply to `<get-configuration>` if there is nothing to show: an empty `element` (default), no content, or `<ok/>`. */
  readonly nothing: 'element' | 'none' | 'ok';
  /**
   * Characters of the configuration that are not ASCII. `plain` (default): as they are. `characters`: each as a decimal character reference.
   * `octets`: one reference for each octet of their UTF-8.
   */
  readonly beyondAscii: 'plain' | 'characters' | 'octets';
  /** Whether operational replies are inside `<multi-routing-engine-results>`. Default false. */
  readonly wrapped: boolean;
  /** Whether each commit has the comment `commit synchronize` before any other. Default false. */
  readonly synchronizeComment: boolean;
  /**
   * Which filters have an instance per interface instead of counters of their own. `configured` (default): filters with the statement
   * `interface-specific`. `all`: all filters; one that is applied nowhere has an instance on the router's first unit.
   */
  readonly interfaceSpecific: 'configured' | 'all';
  /**
   * A lock that meets somebody's edits. `modified` (default): edits in the candidate deny it. `private`: the router says
   * `private edits in use`, and edits in private copies deny it too.
   */
  readonly editsInUse: 'modified' | 'private';
  /**
   * The log of commits that the router makes by itself. `good` (default): they have none. `latin-1`: it has an octet that is not UTF-8.
   * `control`: it has a reference to a control character. `wildcard`: it has `<*>` without escapes.
   */
  readonly logs: 'good' | 'latin-1' | 'control' | 'wildcard';
}

export const PLAIN: Dialect = {
  routingEngine: 'closed',
  errors: 'rpc-error',
  sourceDaemon: 'beside',
  vrrpGroups: 'apart',
  vrrpIdle: 'warning',
  nothing: 'element',
  beyondAscii: 'plain',
  wrapped: false,
  synchronizeComment: false,
  interfaceSpecific: 'configured',
  editsInUse: 'modified',
  logs: 'good',
};

/** The character that stands in a text for an octet that is not UTF-8. `server/messages.ts` makes the octet of it again. */
export const octet = (code: number): string => String.fromCharCode(0xdc00 + code);

const BAD_LOGS: Readonly<Record<Dialect['logs'], string | undefined>> = {
  good: undefined,
  'latin-1': `Zur${octet(0xfc)}ck`,
  control: 'back&#8;',
  wildcard: 'unit <*> as before',
};

/** The log of a commit that the router made by itself, as markup. */
export function routersLog({ logs }: Dialect): readonly string[] {
  const log = BAD_LOGS[logs];
  return log === undefined ? [] : [`<log>${log}</log>`];
}

const OPERATIONAL = /^get-(?!config)/;

/** The reply to an operation, inside a wrapper if the dialect has one for it. */
export function inWrapper({ wrapped }: Dialect, operation: string, body: string): string {
  if (!wrapped || !OPERATIONAL.test(operation)) return body;
  const item = wrap('multi-routing-engine-item', `${leaf('re-name', 're0')}\n${body}`);
  return wrap('multi-routing-engine-results', item);
}
