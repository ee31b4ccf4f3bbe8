import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { idsOf, routerWithId, withIds } from '../../command/named-gateways.ts';
import { Names } from '../../command/names.ts';
import { readNames } from '../../etcd/names.ts';
import { EtcdClient } from '../../etcd/client.ts';
import { useEtcd } from '../etcd/fixture.ts';
import { fakeIo } from './fake-io.ts';

describe('a name', () => {
  const etcd = useEtcd();
  /** Each spec has a type of its own, so that no other spec's records have names there. */
  const newType = () => `names_${randomUUID().slice(0, 8)}`;
  const write = async (type: string, id: string, body: object) => {
    const record = { body: JSON.stringify(body), version: 1, marked_for_deletion: false };
    await etcd().raw.put(`/config/v2.0/${type}s/${id}`).value(JSON.stringify(record));
  };
  const idOf = (type: string, text: string) =>
    new Names(etcd().store).idOf(type, text, () => Promise.resolve(['vpn_gateway']));

  it('stands for the id of the one record that has it, and an id wins over a name', async () => {
    const type = newType();
    await write(type, 'one', { name: 'acme fra' });
    await write(type, 'two', { name: 'one' });
    await write(type, 'acme-ber', { name: 'x'.repeat(60) });
    assert.equal(await idOf(type, 'acme fra'), 'one');
    assert.equal(await idOf(type, 'one'), 'one');
    // A long name, and as it is shown.
    assert.equal(await idOf(type, 'x'.repeat(60)), 'acme-ber');
    const [, , { name = '' } = {}] = (await etcd().store.names(type)) ?? [];
    assert.equal(name, 'one');
    await assert.rejects(idOf(type, 'acme fri'), {
      name: 'UnknownNameError',
      message: `${type} "acme fri": there is no such id and no such name; did you mean acme fra (one)?`,
    });
    await assert.rejects(idOf(type, 'acme-bern'), /did you mean x{39}…[\da-f]{8} \(acme-ber\)\?$/);
  });

  it('of a record that can’t be read is not known, and its id is', async () => {
    const type = newType();
    await etcd().raw.put(`/config/v2.0/${type}s/spoilt`).value('{"name":"spoilt one"');
    assert.equal(await idOf(type, 'spoilt'), 'spoilt');
    await assert.rejects(idOf(type, 'spoilt one'), /there is no such id/);
  });

  it('of a type that there is nothing of is told by the types that there are', async () => {
    await assert.rejects(idOf('vpn_gatewy', 'x'), {
      name: 'UsageError',
      message: 'TYPE: there is no type "vpn_gatewy" and no record of it; did you mean vpn_gateway?',
    });
  });

  it('is looked for among a bounded number of records', async () => {
    const type = newType();
    for (const id of ['a', 'b', 'c']) await write(type, id, { name: `name of ${id}` });
    const client = new EtcdClient({ endpoints: [etcd().endpoint] });
    assert.equal(await readNames(client, type, 2), undefined);
    assert.deepEqual(
      await readNames(client, type, 3),
      ['a', 'b', 'c'].map((id) => ({ id, name: `name of ${id}` })),
    );
    client.close();
  });

  it('may stand beside ids; all that are wrong are told at once, and one gateway comes once', async () => {
    const type = newType();
    const uuid = randomUUID();
    await write(type, uuid, { name: 'acme-fra' });
    await write(type, 'b', { name: 'twin' });
    await write(type, 'c', { name: 'twin' });
    const refs = (...ids: string[]) => ids.map((resourceId) => ({ resourceType: type, resourceId }));
    const ids = (...given: string[]) => idsOf(refs(...given), etcd().store, new Set());
    assert.deepEqual(await ids('acme-fra', 'b', uuid), refs(uuid, 'b'));
    await assert.rejects(ids('twin', 'b', 'acme-fro'), {
      message: `${type} "twin": 2 have this name, so give one's id: b, c; ${type} "acme-fro": there is no such id and no such name; did you mean acme-fra (${uuid})?`,
    });
  });

  it('of an edge router does it for --owe, too', async () => {
    const [id, name] = [randomUUID(), `er-${randomUUID()}`];
    await write('edge_router', id, { name });
    const io = fakeIo({ ETCDCTL_ENDPOINTS: etcd().endpoint });
    assert.equal(await routerWithId(name, io), id);
    assert.equal(io.err(), '');
  });

  it('is not asked for where ids are UUIDs of a known type; without etcd other ids are taken as they are', async () => {
    const io = fakeIo({ ETCDCTL_ENDPOINTS: '127.0.0.1:1' });
    const uuid = { resourceType: 'vpn_gateway', resourceId: randomUUID() };
    assert.deepEqual(await withIds([uuid], io), [uuid]);
    assert.equal(io.err(), '');
    const word = { resourceType: 'vpn_gateway', resourceId: 'acme-fra' };
    assert.deepEqual(await withIds([uuid, word], io), [uuid, word]);
    assert.match(
      io.err(),
      /^etcd was not asked for names \(etcd did not answer .*\): taken as id: "acme-fra"\n$/,
    );
    await assert.rejects(withIds([{ ...word, resourceId: 'acme fra' }], io), /etcd did not answer/);
  });
});
