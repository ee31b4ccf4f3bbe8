/** Types of resources are data. No program names one: what it does for a type, it does because a kind or a neighbour says so. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { schemasOf } from '../../gateway/kind.ts';
import { loadKinds } from '../../templates/load.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = [
  'activities',
  'client',
  'command',
  'etcd',
  'gateway',
  'junos',
  'netconf',
  'pair',
  'simulator',
  'templates',
  'worker',
  'workflows',
];

/** Edge routers are what all types are about. The others are examples in texts for people. */
const LEFT: readonly string[] = [
  'command/setup.ts: vpn_gateway',
  'gateway/request.ts: vpn_gateway',
  'gateway/resource.ts: edge_router',
];

/** The source without comments, examples in help texts, and words for people. */
function codeOf(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

describe('the program', () => {
  it('names no type of resource', async () => {
    const types = [...schemasOf(await loadKinds()).keys()];
    assert.ok(types.length >= 9);
    // A name in code is a string of its own; in a text for people it stands among other words.
    const named = new RegExp(`['"\`](${types.join('|')})['"\`]`, 'g');
    const found = new Set<string>();
    for (const folder of FOLDERS)
      for (const name of await readdir(`${ROOT}${folder}`, { recursive: true })) {
        if (!name.endsWith('.ts')) continue;
        const file = `${folder}/${name}`;
        for (const [, type] of codeOf(await readFile(`${ROOT}${file}`, 'utf8')).matchAll(named))
          found.add(`${file}: ${type}`);
      }
    assert.deepEqual([...found].sort(), LEFT);
  });
});
