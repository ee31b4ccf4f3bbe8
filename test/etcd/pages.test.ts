import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import { EtcdClient } from '../../etcd/client.ts';
import type { Page } from '../../etcd/client.ts';
import { useEtcd } from './fixture.ts';

describe('reading page by page', () => {
  const etcd = useEtcd();

  const write = async (prefix: string, count: number, value: string) => {
    const client = new EtcdClient({ endpoints: [etcd().endpoint] });
    for (let from = 0; from < count; from += 100) {
      const put = Array.from({ length: Math.min(100, count - from) }, (_, index) => ({
        key: `${prefix}${String(from + index).padStart(5, '0')}`,
        value: Buffer.from(value),
      }));
      assert.equal((await client.write('write', { unchanged: [], put })).kind, 'applied');
    }
    client.close();
  };
  const pagesOf = async (prefix: string) => {
    const real = new Etcd3({ hosts: etcd().endpoint });
    const client = new EtcdClient({ endpoints: [etcd().endpoint] }, real);
    const pages: Page[] = [];
    for await (const page of client.pages('pages', prefix, '0')) pages.push(page);
    client.close();
    const keys = pages.flatMap(({ entries }) => entries.map(({ key }) => key));
    assert.deepEqual(keys, keys.toSorted());
    return { pages, keys };
  };

  it('takes few pages for many small records, because etcd goes through all that are left for each page', async () => {
    await write('/small/', 6_000, 'x'.repeat(150));
    const { pages, keys } = await pagesOf('/small/');
    assert.equal(new Set(keys).size, 6_000);
    assert.ok(pages.length <= 4, `${pages.length} pages`);
  });

  it('takes small pages of large records', async () => {
    await write('/large/', 600, 'x'.repeat(10_000));
    const { pages, keys } = await pagesOf('/large/');
    assert.equal(new Set(keys).size, 600);
    const most = Math.max(...pages.map(({ entries }) => entries.length));
    assert.ok(most <= 200, `a page of ${most}`);
  });
});
