/** How a router writes its replies: each form that was seen on a real router. */
import type { Dialect } from '../../simulator/device/dialect.ts';
import type { Random } from './random.ts';

export function drawDialect(random: Random): Dialect {
  return {
    routingEngine: random.pick(['closed', 'open']),
    errors: random.pick(['rpc-error', 'rpc-error', 'xnm', 'count']),
    sourceDaemon: random.pick(['beside', 'inside']),
    vrrpGroups: random.pick(['apart', 'together']),
    vrrpIdle: random.pick(['warning', 'output', 'xnm']),
    nothing: random.pick(['element', 'none', 'ok']),
    wrapped: random.chance(0.5),
    synchronizeComment: random.chance(0.5),
    interfaceSpecific: random.pick(['configured', 'all']),
    editsInUse: random.pick(['modified', 'private']),
    logs: random.pick(['good', 'latin-1', 'control', 'wildcard']),
    beyondAscii: random.pick(['plain', 'characters', 'octets']),
  };
}
