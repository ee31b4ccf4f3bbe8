/** The first lines of `npm start`: how other terminals find this stack, then where everything is. */
import { wrapped } from '../../command/width.ts';
import type { Stack } from '../stack.ts';

type Shown = Pick<Stack, 'etcd' | 'temporal' | 'routers'>;

/** Lines of at most 80 columns. The lines that a person needs for any command come first. */
export function introduction({ etcd, temporal, routers }: Shown): string[] {
  const moved = [...etcd.endpoints, temporal.address]
    .map(portOf)
    .filter((port) => ![2379, 7233].includes(port)).length;
  return [
    'In every other terminal, before any command:  . .local/env',
    ...(moved === 0 ? [] : ['The usual ports are taken. Without it, a command would not find this stack.']),
    '',
    `etcd      ${etcd.endpoints.join(', ')}`,
    `Temporal  ${temporal.address}`,
    `Web UI    ${temporal.ui}`,
    `Routers   on ports ${routers.map(({ name, port }) => `${port} (${name})`).join(', ')}`,
    'Ways in   temporal workflow start, your program, npx gateway-saga create,',
    '          and a plain etcdctl put below /config: a worker watches it',
  ];
}

/** Which kinds are published, by the ids of their templates. */
export function kindsLines(published: readonly string[]): string[] {
  const kinds = published.filter((id) => !id.endsWith('_monitoring')).join(', ');
  const title = 'Kinds     ';
  return wrapped(kinds, 80 - title.length).map(
    (line, index) => `${index === 0 ? title : ' '.repeat(title.length)}${line}`,
  );
}

function portOf(address: string): number {
  return Number(address.split(':').at(-1));
}
