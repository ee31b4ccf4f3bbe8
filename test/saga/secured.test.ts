import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Etcd3 } from 'etcd3';
import { KEYS } from '../../etcd/keys.ts';
import { clientOptions } from '../../etcd/options.ts';
import { startChild, untilReady } from '../../local/child.ts';
import { accepts, freePorts } from '../../local/ports.ts';
import { programOf } from '../../local/programs.ts';
import type { Stack } from '../../local/stack.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { readPage, sectionOf } from '../project/readme-document.ts';
import { recipe, recipeVariables, type } from '../world/recipe.ts';
import { openTlsFront } from '../world/tls-front.ts';
import type { TlsFront } from '../world/tls-front.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const TLS = "TLS to etcd and Temporal, with an authority of one's own";
const ENCRYPTED = 'Encrypted histories, and the Web UI';
/** Of the page. */
const GATEWAY = '4fab887d-8f73-40e6-b2d8-2426255231bf';
/** Of Debian's package etcd-client. */
const hasPrograms = ['etcdctl', 'openssl'].every((name) => spawnSync(name, ['version']).status === 0);

/** Both recipes on one site: each worker has all of their variables. */
describe('the recipes for TLS with least rights, and for encrypted histories', function () {
  this.timeout(90_000);
  let site: Site;
  let front: TlsFront;
  let secured: Stack;
  let root: Etcd3;
  let gateway: TestGateway;
  let names: Record<string, string>;

  before(async function () {
    if (!hasPrograms) {
      console.log('    no program "etcdctl", or no "openssl", is installed: the recipes are not tried');
      this.skip();
    }
    site = await openSite(1);
    gateway = await site.write('vpn_gateway', 0);
    const { run, temporal } = site.stack;
    const [etcdPort = 0, peerPort = 0, codecPort = 0] = await freePorts(3);
    names = {
      '/etc/gateway-saga': run.folder,
      '127.0.0.1:2379': `127.0.0.1:${etcdPort}`,
      '127.0.0.1:8234': `127.0.0.1:${codecPort}`,
      [GATEWAY]: gateway.resourceId,
    };
    const [issue, etcd = '', users = '', enable] = await recipe(TLS, names);
    await typed(issue);
    const file = (name: string) => readFile(`${run.folder}/${name}`, 'utf8');
    const of = async (name: string) => ({
      ca: await file('ca.pem'),
      cert: await file(`${name}.pem`),
      key: await file(`${name}.key`),
    });
    front = await openTlsFront(temporal.address, await of('temporal'));
    names['127.0.0.1:7233'] = front.address;
    const peer = `http://127.0.0.1:${peerPort}`;
    const besides = `--name=own --data-dir=secured --listen-peer-urls=${peer} --initial-advertise-peer-urls=${peer} --initial-cluster=own=${peer}`;
    await started('etcd-secured', `exec ${etcd.trim()} ${besides}`, etcdPort);
    await typed(users);
    const role = sectionOf(await readPage('docs/operations.md'), 'The role in etcd');
    const grants = role.match(/^etcdctl role .*$/gm) ?? [];
    assert.ok(grants.length > 6, role);
    await typed(`${users.split('\n')[0]}\n${grants.join('\n')}`);
    await typed(enable);
    const [key, codec = ''] = await recipe(ENCRYPTED, names);
    await typed(key);
    await started('codec-server', `exec bin/${codec.trim()}`, codecPort);
    const environment = {
      ...site.stack.environment,
      ...(await recipeVariables(TLS, names)),
      ...(await recipeVariables(ENCRYPTED, names)),
    };
    secured = { ...site.stack, environment };
    root = new Etcd3(clientOptions({ endpoints: [`https://localhost:${etcdPort}`], tls: await of('root') }));
    await startWorker(secured);
  });
  after(async () => {
    root?.close();
    await front?.close();
    await site?.close();
  });

  it('together are enough to create a gateway', async () => {
    const from = new Etcd3({ hosts: [...site.stack.etcd.endpoints] });
    for (const [key, value] of Object.entries(await from.getAll().prefix('/config/').strings()))
      await root.put(key).value(value);
    from.close();
    const { code, printed } = await type(
      secured,
      `gateway-saga create vpn_gateway ${gateway.resourceId}; gateway-saga doctor`,
    );
    assert.match(printed, /^created version 1\n[^]*^no difference: 2 routers, 1 gateways$/m);
    assert.equal(code, 0);
    const state = (await root.get(KEYS.state(gateway)).string()) ?? '';
    assert.match(state, /CREATE_COMPLETED/);
  });

  it('refuse a write of configuration by the worker, and whoever has no certificate', async () => {
    const put = await type(secured, "etcdctl put /config/v2.0/vpn_gateways/x '{}'");
    assert.match(put.printed, /permission denied/);
    assert.notEqual(put.code, 0);
    const bare = await type(secured, 'unset ETCDCTL_CERT ETCDCTL_KEY; etcdctl --command-timeout 1s get /x');
    assert.notEqual(bare.code, 0);
  });

  it('show the history to whoever has the codec server, and to nobody else', async () => {
    const show = (await recipe(ENCRYPTED, names))[2] ?? '';
    const name = String(gateway.gateway.body['name']);
    const sealed = await typed(show.replace(/--codec-endpoint \S+/, ''), secured);
    assert.ok(payloadsOf(await typed(show, secured)).includes(name));
    assert.ok(!payloadsOf(sealed).includes(name));
  });

  async function typed(lines = '', stack: Stack = site.stack): Promise<string> {
    const { code, printed } = await type(stack, lines);
    assert.equal(code, 0, printed);
    return printed;
  }

  /** A program of a recipe that stays up, in the same folder. */
  async function started(name: string, line: string, port: number): Promise<void> {
    const path = `${dirname(await programOf('etcd'))}:${process.env['PATH']}`;
    const child = await startChild({
      name,
      program: 'bash',
      args: ['-c', line],
      cwd: site.stack.run.folder,
      env: { ...site.stack.environment, PATH: path },
      log: `${site.stack.logs}/${name}.log`,
    });
    await site.stack.run.adopt(child, 'bash');
    await untilReady(child, 30_000, () => accepts(port));
  }
});

/** A history's values, which its JSON has in Base64. */
function payloadsOf(history: string): string {
  const values = history.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g);
  return Array.from(values, ([, value = '']) => Buffer.from(value, 'base64').toString()).join('\n');
}
