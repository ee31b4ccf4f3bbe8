import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../../templates/digest.ts';
import { KindError } from '../../templates/errors.ts';
import { kindOf } from '../gateway/kinds.ts';
import { defaultFolder, loadKinds } from '../../templates/load.ts';

type Json = Record<string, unknown>;

describe('loading kinds from a folder', () => {
  let folder: string;
  const vpn = (file: string): string => join(folder, 'vpn_gateway', file);
  const edit = async (change: (kind: Json) => void): Promise<void> => {
    const kind = JSON.parse(await readFile(vpn('kind.json'), 'utf8')) as Json;
    change(kind);
    await writeFile(vpn('kind.json'), JSON.stringify(kind));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinds-'));
    await cp(new URL('vpn_gateway', defaultFolder), vpn(''), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('finds the kinds beside itself unless told', async () => {
    const kinds = await loadKinds();
    const folders = (await readdir(defaultFolder, { withFileTypes: true }))
      .filter((one) => one.isDirectory() && one.name !== 'neighbours')
      .map(({ name }) => name);
    assert.deepEqual([...kinds.keys()], folders.sort());
    const counts = ['internet_gateway', 'vpn_gateway'].map((type) => {
      const { provisioning, monitoring } = kindOf(type, kinds);
      return [provisioning, monitoring].map(({ mappings }) => Object.keys(mappings).length);
    });
    assert.deepEqual(counts, [
      [27, 13],
      [24, 2],
    ]);
  });

  it('takes a path as well as a URL, and gives the same digest for a copy', async () => {
    const copied = (await loadKinds(folder)).get('vpn_gateway');
    const original = (await loadKinds(fileURLToPath(defaultFolder))).get('vpn_gateway');
    assert.deepEqual(copied, original);
    assert.equal(copied?.source, 'folder');
    assert.match(copied?.digest ?? '', /^sha256:[0-9a-f]{64}$/);
  });

  it('gives the same digest whatever the order of fields, another when anything changes', async () => {
    const { kind, digest } = (await loadKinds(folder)).get('vpn_gateway') ?? assert.fail();
    assert.equal(
      digestOf(Object.fromEntries(Object.entries(kind).reverse()) as unknown as typeof kind),
      digest,
    );
    await writeFile(vpn('arrange.hbs'), '# nothing to arrange\n');
    assert.notEqual((await loadKinds(folder)).get('vpn_gateway')?.digest, digest);
  });

  describe('refuses, naming file and field,', () => {
    const refused = async (pattern: RegExp): Promise<void> => {
      await assert.rejects(loadKinds(folder), (error) => {
        assert.ok(error instanceof KindError, String(error));
        assert.match(error.message, pattern);
        return true;
      });
    };
    const at = (kind: Json, ...path: string[]): Json =>
      path.reduce((value, name) => value[name] as Json, kind);

    const cases: readonly [string, (kind: Json) => void, RegExp][] = [
      [
        'an unknown field',
        (k) => (k['extra'] = 1),
        /^vpn_gateway\/kind\.json: expected only the fields .*, got 'extra'$/,
      ],
      ['a missing field', (k) => delete k['routers'], /kind\.json, routers: expected an object, got nothing/],
      [
        'a resource type that is not the folder',
        (k) => (k['resourceType'] = 'other'),
        /resourceType: expected the folder's name, 'vpn_gateway', got 'other'/,
      ],
      [
        'an unknown field type',
        (k) => (at(k, 'schema', 'fields', 'vrf_name')['type'] = 'nmae'),
        /schema\.fields\.vrf_name\.type: expected one of string, .*, got 'nmae'/,
      ],
      [
        'a mistyped flag',
        (k) => (at(k, 'schema', 'fields', 'vrf_name')['required'] = 'yes'),
        /vrf_name\.required: expected true or false, got 'yes'/,
      ],
      [
        'a restriction by what is no reference',
        (k) => (at(k, 'schema', 'fields', 'uplink_vlan_id')['restrictedBy'] = 'name'),
        /uplink_vlan_id\.restrictedBy: expected a reference field/,
      ],
      [
        'a mapping of two forms',
        (k) => (at(k, 'provisioning', 'mappings')['vrf_name'] = { field: 'vrf_name', constant: 1 }),
        /mappings\.vrf_name: expected one of field, constant/,
      ],
      [
        'a mapping of no form',
        (k) => (at(k, 'provisioning', 'mappings')['vrf_name'] = {}),
        /mappings\.vrf_name: expected one of field, constant/,
      ],
      [
        'a path without a field',
        (k) => (at(k, 'provisioning', 'mappings')['vrf_name'] = { path: ['qos_option_id'] }),
        /mappings\.vrf_name: expected one of/,
      ],
      [
        'a mapping of an unknown field',
        (k) => (at(k, 'provisioning', 'mappings')['vrf_name'] = { field: 'vrf' }),
        /vrf_name\.field: expected a field of the kind's schema, got 'vrf'/,
      ],
      [
        'a path that begins at no reference',
        (k) => (at(k, 'provisioning', 'mappings')['vrf_name'] = { path: ['name'], field: 'x' }),
        /vrf_name\.path\[0\]: expected a reference field of this kind, got 'name'/,
      ],
      [
        'an empty path',
        (k) => (at(k, 'routers')['primary'] = []),
        /routers\.primary: expected at least one reference field, got an empty list/,
      ],
      [
        'a constant that is no value',
        (k) => (at(k, 'provisioning', 'mappings')['heat_timeout'] = { constant: [] }),
        /heat_timeout\.constant: expected a string, an integer or null, got a list/,
      ],
      [
        'a parameter with a strange name',
        (k) => (at(k, 'provisioning', 'mappings')['a b'] = { constant: 1 }),
        /got 'a b'/,
      ],
      [
        'another handler',
        (k) => (at(k, 'provisioning')['handler'] = 'monitoring_worker'),
        /format: expected 2, because of provisioning\.handler, got format 1, or none/,
      ],
      ['no owned stanza', (k) => (k['owns'] = []), /owns: expected at least one owned stanza/],
      [
        'a monitor that looks at nothing',
        (k) => (k['monitors'] = [{ name: 'x' }]),
        /monitors\[0\]: expected an interface, counters, vrrp, bgp or a route/,
      ],
      [
        'a monitor twice',
        (k) =>
          (k['monitors'] = [
            { name: 'x', interface: 'a' },
            { name: 'x', interface: 'b' },
          ]),
        /monitors: expected each name once, got 'x' twice/,
      ],
      [
        'more monitors than can travel',
        (k) => (k['monitors'] = Array.from({ length: 17 }, (_, n) => ({ name: `m${n}`, interface: 'a' }))),
        /monitors: expected at most 16 monitors, got 17/,
      ],
      [
        'more owned stanzas than can be claimed at once',
        (k) => (k['owns'] = Array.from({ length: 31 }, (_, n) => `interfaces x${n}`)),
        /owns: expected at most 30 owned stanzas, got 31/,
      ],
      [
        'one parameter with two meanings',
        (k) => (at(k, 'monitoring', 'mappings')['vrf_name'] = { constant: 'x' }),
        /monitoring\.mappings\.vrf_name: expected the same mapping/,
      ],
      [
        'two parameters that look the same to a role',
        (k) => (at(k, 'provisioning', 'mappings')['device_ip'] = { constant: 'x' }),
        /provisioning\.mappings\.\w*device_ip: expected another name/,
      ],
      [
        'a parameter that a template mentions but nobody gives',
        (k) => delete at(k, 'provisioning', 'mappings')['vrf_name'],
        /vpn_gateway, create: expected parameters that the primary's rendering has, got vrf_name/,
      ],
      [
        'a parameter that only one role has',
        (k) => delete at(k, 'provisioning', 'mappings')['secondary_downlink_vrrp_config_group'],
        /the secondary's rendering has, got downlink_vrrp_config_group/,
      ],
      [
        'a field whose name is misspelled, by that name',
        (k) => {
          at(k, 'provisioning')['handlre'] = at(k, 'provisioning')['handler'];
          delete at(k, 'provisioning')['handler'];
        },
        /provisioning: expected only the fields id, handler, mappings, onFailure, got 'handlre'$/,
      ],
      [
        'a missing field deep inside, with what it should be',
        (k) => (k['monitors'] = [{ name: 'x', counters: [{ filter: 'f' }] }]),
        /monitors\[0\]\.counters\[0\]\.counter: expected a string, got nothing$/,
      ],
      [
        'a list that should be an object',
        (k) => (at(k, 'provisioning')['mappings'] = []),
        /provisioning\.mappings: expected an object, got a list$/,
      ],
      [
        'a part of a joined value that is no field',
        (k) =>
          (at(k, 'provisioning', 'mappings')['vrf_name'] = { concat: [{ constant: 1 }, { field: 'x' }] }),
        /mappings\.vrf_name\.concat\[1\]\.field: expected a field of the kind's schema, got 'x'$/,
      ],
      [
        "a mapping of a field that only JavaScript's objects have",
        (k) => (at(k, 'provisioning', 'mappings')['vrf_name'] = { field: 'constructor' }),
        /vrf_name\.field: expected a field of the kind's schema, got 'constructor'$/,
      ],
      [
        'a parameter that would vanish',
        (k) => (at(k, 'provisioning', 'mappings')['constructor'] = { constant: 1 }),
        /provisioning\.mappings\.constructor: expected another name, got an object$/,
      ],
      [
        'a prototype as a field',
        (k) => Object.defineProperty(k, '__proto__', { value: {}, enumerable: true }),
        /only the fields .*, got '__proto__'/,
      ],
    ];
    for (const [what, change, pattern] of cases) {
      it(what, async () => {
        await edit(change);
        await refused(pattern);
      });
    }

    it('text that is no JSON, without repeating it', async () => {
      await writeFile(vpn('kind.json'), '{ "password": secret-4711 }');
      await refused(/^vpn_gateway\/kind\.json: expected JSON, got text that stops being JSON at (?!.*4711)/);
    });
    it('a missing file', async () => {
      await rm(vpn('remove.hbs'));
      await refused(/^vpn_gateway\/remove\.hbs: expected a file, got nothing$/);
    });
    for (const file of ['vpn_gateway/kind.json', 'vpn_gateway/arrange.hbs', 'neighbours/other.json'])
      it(`${file}, which can’t be read`, async () => {
        await rm(join(folder, file), { force: true });
        await mkdir(join(folder, file), { recursive: true });
        await refused(new RegExp(`^${file}: expected a file that can be read, got EISDIR$`));
      });
    it('a folder that can’t be read', async () => {
      await writeFile(join(folder, 'neighbours'), '');
      await refused(/^neighbours: expected a folder that can be read, got ENOTDIR$/);
    });
    it('a folder that is no kind', async () => {
      await mkdir(join(folder, 'empty'));
      await refused(/^empty\/kind\.json: expected a file, got nothing$/);
    });
    it('a file that has no meaning', async () => {
      await writeFile(vpn('delete.hbs'), '');
      await refused(/^vpn_gateway: expected only kind\.json, .*, got 'delete\.hbs'$/);
    });
    it('a template that is none', async () => {
      await writeFile(vpn('create.hbs'), 'interfaces {\n  {{#if vrf_name}} }');
      await refused(/^vpn_gateway, create: expected a template, got /);
    });
  });

  it("throws the file system's own error for a folder that is not there", async () => {
    await assert.rejects(loadKinds(join(folder, 'nowhere')), { code: 'ENOENT' });
  });
});
