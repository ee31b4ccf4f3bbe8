import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kindsBeside, OwnKindsError } from '../../local/demo/own-kinds.ts';
import { ROOT } from '../../local/folders.ts';
import { loadKinds } from '../../templates/load.ts';

describe('kinds of one’s own for `npm start`', () => {
  let folder: string;
  let own: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'own-kinds-'));
    own = join(folder, 'own');
    await mkdir(own);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('stand beside those of the program', async () => {
    const file = await copyOf('vpn_gateway', 'lab_gateway');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('vpn_gateway', 'lab_gateway'));
    const kinds = await loadKinds(await kindsBeside(own, folder));
    assert.deepEqual([...kinds.keys()].sort(), [...(await loadKinds()).keys(), 'lab_gateway'].sort());
  });

  it('take the place of one of the program', async () => {
    const file = await copyOf('vpn_gateway', 'vpn_gateway');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"60"', '"90"'));
    const [kinds, before] = [await loadKinds(await kindsBeside(own, folder)), await loadKinds()];
    assert.equal(kinds.size, before.size);
    assert.notEqual(kinds.get('vpn_gateway')?.digest, before.get('vpn_gateway')?.digest);
  });

  it('are refused with the file and the field', async () => {
    const file = await copyOf('vpn_gateway', 'vpn_gateway');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"vrf_name"', '"vrf_nam"'));
    await assert.rejects(kindsBeside(own, folder), (error) => {
      assert.ok(error instanceof OwnKindsError);
      assert.match(error.message, /^--templates \S+: vpn_gateway\/kind\.json, /);
      return true;
    });
  });

  it('are missed where there is no such folder', async () => {
    await assert.rejects(kindsBeside(join(folder, 'nothing'), folder), OwnKindsError);
  });

  async function copyOf(type: string, name: string): Promise<string> {
    await cp(`${ROOT}templates/${type}`, join(own, name), { recursive: true });
    return join(own, name, 'kind.json');
  }
});
