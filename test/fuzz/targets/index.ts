import type { Target } from '../target.ts';
import { etcd, keys } from './etcd.ts';
import { framing } from './framing.ts';
import { diff, junos, set } from './junos.ts';
import { knownHosts } from './known-hosts.ts';
import { hello, replies } from './replies.ts';
import { request } from './request.ts';
import { resolving } from './resolve.ts';
import { templates, words } from './words.ts';
import { xmlTarget } from './xml.ts';

/** All that comes from outside and is read by code of ours. */
export const TARGETS: readonly Target[] = [
  framing,
  xmlTarget,
  hello,
  replies,
  junos,
  set,
  diff,
  knownHosts,
  etcd,
  keys,
  resolving,
  request,
  words,
  templates,
];
