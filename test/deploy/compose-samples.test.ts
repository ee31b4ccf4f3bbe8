/** What the service `samples` of the compose file does at each `docker compose up`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../../local/folders.ts';
import vpn from '../../local/samples/vpn_gateway.json' with { type: 'json' };
import { useOwnEtcd } from '../etcd/fixture.ts';

describe('the samples of the compose file', function () {
  this.timeout(120_000);
  const etcd = useOwnEtcd();
  const router = vpn.neighbours.find(({ type }) => type === 'edge_router') ?? assert.fail();
  const keyOf = ({ type, body }: { type: string; body: { id: string } }) =>
    `/config/v2.0/${type}s/${body.id}`;
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    file = join(folder, 'sample.json');
    await writeFile(file, JSON.stringify({ neighbours: [router], gateway: vpn.gateway }));
  });
  after(() => rm(folder, { recursive: true }));

  const up = async (endpoint = etcd().endpoint) => {
    const child = spawn(
      process.execPath,
      [`${ROOT}deploy/compose/samples.mjs`, `${ROOT}command/gateway-saga.mjs`, file],
      { env: { ...process.env, ETCDCTL_ENDPOINTS: endpoint }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code: code as number, out, err };
  };
  const put = (version: number, isDeletion: boolean) => {
    const { body } = vpn.gateway;
    const value = JSON.stringify({ version, marked_for_deletion: isDeletion, body });
    return etcd().raw.put(keyOf(vpn.gateway)).value(value).exec();
  };
  const standing = () => etcd().raw.get(keyOf(vpn.gateway)).string();

  it('are written at first, and left alone once they are there, changed or deleted as well', async () => {
    const [routerKey, key] = [keyOf(router), keyOf(vpn.gateway)];
    assert.deepEqual(await up(), {
      code: 0,
      out: `${routerKey} written, version ${router.version}\n${key} written, version 1\n`,
      err: '',
    });
    const left = { code: 0, out: `${routerKey} stays as it is\n${key} stays as it is\n`, err: '' };
    assert.deepEqual(await up(), left);
    for (const isDeletion of [false, true]) {
      await put(isDeletion ? 3 : 2, isDeletion);
      const before = await standing();
      assert.deepEqual(await up(), left);
      assert.equal(await standing(), before);
    }
  });

  it('are asked for again if etcd does not answer', async () => {
    const { code, err } = await up('127.0.0.1:1');
    assert.equal(code, 1);
    assert.match(err, /127\.0\.0\.1:1/);
  });
});
