import assert from 'node:assert/strict';
import { isRecord } from '../../gateway/resource.ts';
import { useEtcd } from './fixture.ts';
import { racing } from './racing.ts';

const REF = { type: 'ha_router', id: 'x' };
const keyOf = (id: string) => `/config/v2.0/ha_routers/${id}`;

describe('a snapshot of many records', () => {
  const etcd = useEtcd();
  const put = (value: unknown, id: string) => etcd().raw.put(keyOf(id)).value(JSON.stringify(value));

  it('reads more records at once than etcd takes in one request, all at one revision', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `many-${index}`);
    const write = async (version: number) => {
      for (const id of ids) await put({ body: { id }, version }, id);
    };
    await write(1);
    const found = await racing(
      etcd(),
      keyOf('many-200'),
      () => write(2),
      (store) => {
        const snapshot = store.snapshot();
        return Promise.all(ids.map((id) => snapshot.read({ type: 'ha_router', id })));
      },
    );
    assert.deepEqual(
      found.map((one) => isRecord(one) && [one.body['id'], one.version]),
      ids.map((id) => [id, 1]),
    );
  });

  it('reads as many at the revision of an earlier read', async () => {
    const snapshot = etcd().store.snapshot();
    await put({ body: { id: 'x' }, version: 1 }, 'x');
    await snapshot.read(REF);
    const refs = Array.from({ length: 300 }, (_, index) => ({ type: 'ha_router', id: `later-${index}` }));
    await put({ body: {}, version: 1 }, 'later-299');
    const found = await Promise.all(refs.map((ref) => snapshot.read(ref)));
    assert.deepEqual(
      found.filter((one) => isRecord(one) || one.kind !== 'missing'),
      [],
    );
  });
});
