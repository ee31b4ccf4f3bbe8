import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kindFor, kindsOf } from '../../gateway/kind.ts';
import { loadKinds } from '../../templates/load.ts';
import { fromHeatTemplates, toHeatTemplates } from '../../templates/published.ts';
import { fields, inner, mappings, useStub, type Json } from './stub-scene.ts';

describe('a kind of format 2', () => {
  const { folder, stub, edit, refused, loaded } = useStub();

  it('gives a plain kind for the body of a record', async () => {
    const { kind } = await loaded();
    const names = ['lan', 'dmz', 'wan'].map((side) => kindFor(kind, { side })?.provisioning.id);
    assert.deepEqual(names, ['stub_inner', 'stub_inner', 'stub_outer']);
    for (const side of ['', 'x', null, undefined, 'constructor', ['lan']])
      assert.equal(kindFor(kind, { side }), undefined);
    assert.equal(kindFor(kind, { side: 'lan' }), kindFor(kind, { side: 'dmz' }));
    assert.equal(kindFor(kind, { side: 'wan' })?.resourceType, 'stub');
    assert.ok(!('variants' in (kindFor(kind, { side: 'wan' }) ?? {})));
  });

  it('has a digest of all its variants', async () => {
    const { digest } = await loaded();
    await folder().write('stub/outer/arrange.hbs', '# nothing\n');
    assert.notEqual((await loaded()).digest, digest);
  });

  it('takes monitoring and monitors from itself, unless a variant has its own', async () => {
    const monitoring = { id: 'stub_monitoring', mappings: {} };
    await edit((kind) => {
      Object.assign(kind, { monitoring, monitors: [{ name: 'all', interface: 'ae0.1' }] });
      Object.assign(inner(kind), { monitors: [{ name: 'own', interface: 'ae0.2' }] });
    });
    const kinds = kindsOf((await loaded()).kind);
    assert.deepEqual(
      kinds.map((one) => [one.monitoring?.id, ...one.monitors.map(({ name }) => name)]),
      [
        ['stub_monitoring', 'own'],
        ['stub_monitoring', 'all'],
      ],
    );
  });

  it('is published as one heat template, and comes back as the same kind', async () => {
    const { kind, digest } = await loaded();
    const bodies = toHeatTemplates(kind);
    assert.equal(bodies.length, 1);
    const [body] = bodies;
    assert.deepEqual([body.id, body.handler, body.single], ['stub', 'heat_worker', true]);
    const published = JSON.parse(JSON.stringify(bodies)) as unknown[];
    assert.deepEqual(fromHeatTemplates(published), { kind, source: 'etcd', digest });
    assert.throws(
      () =>
        fromHeatTemplates([
          { ...body, template_file: body.template_file.replace('"{side}_interface_id"', '"id"') },
        ]),
      /^KindError: heat template stub, template_file\.variants\.of\[0\]\.routers\.primary\[0\]: expected a reference field/,
    );
  });

  describe('and its neighbours', () => {
    const neighbour = (type: string, own: Json = {}) => ({
      format: 2,
      $schema: '../neighbour.schema.json',
      resourceType: type,
      schema: { fields: { id: { type: 'string', required: true }, ...own } },
    });

    it('are those that come with the program, and those of its folder', async () => {
      await folder().write('neighbours/network.json', neighbour('network', { mtu: { type: 'integer' } }));
      await folder().write('neighbours/vpn_service.json', neighbour('vpn_service'));
      await edit((kind) => {
        fields(kind)['network_id'] = { type: 'string', refersTo: 'network' };
        mappings(kind)['list'] = { path: ['network_id'], field: 'mtu' };
      });
      const kinds = await loadKinds(folder().path);
      assert.deepEqual([...kinds.keys()], ['stub']);
      assert.deepEqual(Object.keys(kinds.neighbours.get('vpn_service')?.fields ?? {}), ['id']);
      assert.ok(kinds.neighbours.has('edge_router'));
      assert.ok(kinds.neighbours.has('network'));
    });

    it('are refused under another name, with a broken rule, and with a reference to an unknown type', async () => {
      await folder().write('neighbours/network.json', neighbour('net'));
      await refused(
        /^neighbours\/network\.json, resourceType: expected the file's name, 'network', got 'net'$/,
      );
      await folder().write('neighbours/network.json', neighbour('network', { x: { type: 'colour' } }));
      await refused(/^neighbours\/network\.json, schema\.fields\.x\.type: expected one of string, /);
      await folder().write(
        'neighbours/network.json',
        neighbour('network', { x: { type: 'string', refersTo: 'nobody' } }),
      );
      await refused(/^neighbours\/network\.json, schema\.fields\.x\.refersTo: expected one of/);
    });

    it('may be kinds, unless these are read through each other', async () => {
      const through = (other: string) => async () => {
        await edit((kind) => {
          fields(kind)['other_id'] = { type: 'string', refersTo: other };
          mappings(kind)['list'] = { path: ['other_id'], field: 'id' };
        });
      };
      const text = JSON.stringify(await stub());
      await folder().write(
        'second/kind.json',
        text.replaceAll('"resourceType":"stub"', '"resourceType":"second"'),
      );
      for (const name of ['inner', 'outer'])
        for (const file of ['create.hbs', 'remove.hbs'])
          await folder().write(
            `second/${name}/${file}`,
            await readFile(join(folder().path, 'stub', name, file), 'utf8'),
          );
      await through('second')();
      await loaded();
      const second = JSON.parse(text.replaceAll('"resourceType":"stub"', '"resourceType":"second"')) as Json;
      fields(second)['stub_id'] = { type: 'string', refersTo: 'stub' };
      await folder().write('second/kind.json', second);
      await loaded();
      mappings(second)['list'] = { reference: 'stub_id' };
      await folder().write('second/kind.json', second);
      await refused(/expected kinds that are not read through each other, got second → stub → second$/);
      await through('stub')();
      await refused(/not read through each other, got stub → stub$/);
    });
  });
});
