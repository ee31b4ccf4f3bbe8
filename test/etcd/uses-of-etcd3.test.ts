/** Reads in the sources how little of the library is used. A part that isn't used can't do harm. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';

describe('what is used of etcd3', () => {
  const root = new URL('../../', import.meta.url);

  async function sources(): Promise<ReadonlyMap<string, string>> {
    const folders = [
      'activities',
      'client',
      'command',
      'etcd',
      'gateway',
      'junos',
      'local',
      'netconf',
      'pair',
      'simulator',
      'templates',
      'worker',
      'workflows',
    ];
    const found = new Map<string, string>();
    for (const folder of folders) {
      for (const file of await readdir(new URL(folder, root), { recursive: true }))
        if (/\.(ts|mjs)$/.test(file))
          found.set(`${folder}/${file}`, await readFile(new URL(`${folder}/${file}`, root), 'utf8'));
    }
    return found;
  }

  it('is imported by six files only, two of which make a client', async () => {
    const importing = [...(await sources())].filter(([, text]) =>
      /from 'etcd3'|import\('etcd3'\)/.test(text),
    );
    assert.deepEqual(importing.map(([file]) => file).sort(), [
      'etcd/call-errors.ts',
      'etcd/client.ts',
      'etcd/options.ts',
      'etcd/policies.ts',
      'etcd/requests.ts',
      'etcd/watch-stream.ts',
    ]);
    const making = importing.filter(([, text]) => text.includes('new Etcd3('));
    assert.deepEqual(making.map(([file]) => file).sort(), ['etcd/client.ts', 'etcd/watch-stream.ts']);
  });

  it('is plain requests: no watch, no lock, no election, no lease kept alive, no builder, no transaction in memory', async () => {
    const text = (await sources()).get('etcd/client.ts') ?? '';
    const calls = [...text.matchAll(/this\.etcd\.([A-Za-z.]+)/g)].map(([, name = '']) => name);
    assert.deepEqual([...new Set(calls)].sort(), [
      'close',
      'kv.range',
      'kv.txn',
      'leaseClient.leaseGrant',
      'maintenance.status',
    ]);
    // The library's client does not leave the class that holds it.
    assert.equal([...text.matchAll(/\.etcd\b(?!\.| =)/g)].length, 0);
  });

  it("is a raw stream where something is watched, not the library's watcher", async () => {
    const text = (await sources()).get('etcd/watch-stream.ts') ?? '';
    const calls = [...text.matchAll(/etcd\??\.([A-Za-z.]+)\(/g)].map(([, name = '']) => name);
    assert.deepEqual([...new Set(calls)].sort(), ['close', 'watchClient.watch']);
  });
});
