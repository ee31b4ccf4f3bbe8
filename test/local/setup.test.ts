import assert from 'node:assert/strict';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { programOf } from '../../local/programs.ts';
import { type Checkout, freshCheckout } from './checkout.ts';

describe('set-up', function () {
  this.timeout(300_000);

  describe('of dependencies', () => {
    let checkout: Checkout;
    before(async () => (checkout = await freshCheckout('none')));
    after(() => checkout.remove());

    it('installs them by the lockfile, and only once even if two set-ups run at the same time', async () => {
      const results = await Promise.all([
        checkout.setup(['--dependencies']),
        checkout.setup(['--dependencies']),
      ]);
      const outputs = results.map(({ output }) => output);
      assert.deepEqual(
        results.map(({ code }) => code),
        [0, 0],
        outputs.join(),
      );
      assert.equal(outputs.join().match(/dependencies installed/g)?.length, 1, outputs.join());
      assert.ok(outputs.some((output) => output.includes('another set-up of this checkout is running')));
      const installed = await readFile(`${checkout.folder}/node_modules/typescript/package.json`, 'utf8');
      assert.match(installed, /"name": "typescript"/);
    });

    it('prints nothing and takes no time if they are installed', async () => {
      const times: number[] = [];
      for (let run = 0; run < 5; run += 1) {
        const { code, output, ms } = await checkout.setup(['--dependencies']);
        assert.deepEqual({ code, output }, { code: 0, output: '' });
        times.push(ms);
      }
      // The times include the start of Node.js. The fastest of five counts, as other programs run on this machine too.
      assert.ok(Math.min(...times) < 500, String(times));
    });

    it('accepts what a person has installed, if it is what the lockfile says', async () => {
      await writeFile(`${checkout.folder}/node_modules/.gateway-saga-lockfile`, 'of another lockfile');
      const { code, output } = await checkout.setup(['--dependencies']);
      assert.deepEqual({ code, output }, { code: 0, output: '' });
    });

    it('fails with what npm says if the lockfile does not fit', async () => {
      const lock = await readFile(`${checkout.folder}/package-lock.json`, 'utf8');
      await writeFile(
        `${checkout.folder}/package-lock.json`,
        lock.replace('"version": "4.7.10"', '"version": "4.7.9"'),
      );
      const { code, output } = await checkout.setup(['--dependencies']);
      assert.equal(code, 1);
      assert.match(output, /npm ci: exit code 1/);
      assert.match(output, /handlebars/);
    });
  });

  describe('of servers', () => {
    let checkout: Checkout;
    let servers: { GATEWAY_SAGA_ETCD: string; GATEWAY_SAGA_TEMPORAL: string };
    beforeEach(async () => {
      checkout = await freshCheckout('linked');
      servers = {
        GATEWAY_SAGA_ETCD: await programOf('etcd'),
        GATEWAY_SAGA_TEMPORAL: await programOf('temporal'),
      };
    });
    afterEach(() => checkout.remove());

    const record = async (): Promise<
      Record<
        'etcd' | 'temporal' | 'temporal-test-server' | 'prometheus',
        { path: string; source: string; version?: string }
      >
    > => JSON.parse(await readFile(`${checkout.folder}/.tools/servers.json`, 'utf8'));

    it('uses those that variables name, and prints nothing', async () => {
      const { code, output } = await checkout.setup([], servers);
      assert.deepEqual({ code, output }, { code: 0, output: '' });
      assert.equal((await record()).etcd.path, servers.GATEWAY_SAGA_ETCD);
      assert.equal((await record()).temporal.source, 'GATEWAY_SAGA_TEMPORAL');
    });

    it('refuses a file that a variable names if it does not exist', async () => {
      const { code, output } = await checkout.setup([], { ...servers, GATEWAY_SAGA_ETCD: '/nowhere/etcd' });
      assert.deepEqual(
        { code, output },
        { code: 1, output: 'setup: GATEWAY_SAGA_ETCD=/nowhere/etcd: no such file\n' },
      );
    });

    for (const [version, why] of [
      ['3.3.27', 'older than 3.4'],
      ['3.5.1', '3.5.0 to 3.5.2 can lose data on a crash'],
    ] as const) {
      it(`refuses etcd ${version}: ${why}`, async () => {
        const path = await fakeProgram(checkout, 'etcd', `etcd Version: ${version}`);
        const { code, output } = await checkout.setup([], { ...servers, GATEWAY_SAGA_ETCD: path });
        assert.equal(code, 1);
        assert.equal(output, `setup: GATEWAY_SAGA_ETCD=${path}: version ${version}: ${why}\n`);
      });
    }

    it('refuses another program', async () => {
      const { code, output } = await checkout.setup([], {
        ...servers,
        GATEWAY_SAGA_TEMPORAL: process.execPath,
      });
      assert.equal(code, 1);
      assert.match(output, /expected Temporal CLI, got v\d+/);
    });

    it('uses one on PATH, and says so', async () => {
      const path = await fakeProgram(checkout, 'etcd', 'etcd Version: 3.5.21');
      const folder = path.slice(0, path.lastIndexOf('/'));
      const env = { ...servers, GATEWAY_SAGA_ETCD: undefined, PATH: `${folder}:${process.env['PATH']}` };
      const { code, output } = await checkout.setup([], env);
      assert.deepEqual({ code, output }, { code: 0, output: `setup: etcd 3.5.21, found on PATH: ${path}\n` });
      const again = await checkout.setup([], env);
      assert.deepEqual({ code: again.code, output: again.output }, { code: 0, output: '' });
    });

    it('looks again if the program that it found was replaced', async () => {
      const path = await fakeProgram(checkout, 'etcd', 'etcd Version: 3.5.21');
      await checkout.setup([], { ...servers, GATEWAY_SAGA_ETCD: path });
      await fakeProgram(checkout, 'etcd', 'etcd Version: 3.6.16');
      await checkout.setup([], { ...servers, GATEWAY_SAGA_ETCD: path });
      assert.equal((await record()).etcd.version, '3.6.16');
    });

    it("records no version of a person's program that can't print one", async () => {
      const path = await fakeProgram(checkout, 'temporal-test-server', '--enable-time-skipping');
      const folder = path.slice(0, path.lastIndexOf('/'));
      const env = { ...servers, ...(await fakePrometheus()), GATEWAY_SAGA_TEMPORAL_TEST_SERVER: undefined };
      const onPath = { ...env, PATH: `${folder}:${process.env['PATH']}` };
      const { code, output } = await checkout.setup(['--tests'], onPath);
      assert.deepEqual(
        { code, output },
        { code: 0, output: `setup: Temporal test server of unknown version, found on PATH: ${path}\n` },
      );
      assert.equal((await record())['temporal-test-server'].version, undefined);
      const named = { ...env, GATEWAY_SAGA_TEMPORAL_TEST_SERVER: path };
      assert.equal((await checkout.setup(['--tests'], named)).code, 0);
      assert.equal((await record())['temporal-test-server'].version, undefined);
      assert.equal((await record())['temporal-test-server'].path, path);
    });

    /** Both programs of Prometheus in one folder. */
    async function fakePrometheus(version = '2.42.0+ds') {
      await fakeProgram(checkout, 'promtool', 'promtool');
      const path = await fakeProgram(checkout, 'prometheus', `prometheus, version ${version} (branch: fake)`);
      return { GATEWAY_SAGA_PROMETHEUS: path };
    }

    it('takes Prometheus for the tests, if promtool is beside it', async () => {
      const test = { ...servers, GATEWAY_SAGA_TEMPORAL_TEST_SERVER: await programOf('temporal-test-server') };
      const named = { ...test, ...(await fakePrometheus()) };
      assert.deepEqual(await codeAndOutput(named), { code: 0, output: '' });
      assert.equal((await record()).prometheus.version, '2.42.0');
      await rm(named.GATEWAY_SAGA_PROMETHEUS.replace(/prometheus$/, 'promtool'));
      await fakeProgram(checkout, 'prometheus', 'prometheus, version 2.55.1 (branch: fake)');
      const { GATEWAY_SAGA_PROMETHEUS: path } = named;
      const output = `setup: GATEWAY_SAGA_PROMETHEUS=${path}: no promtool beside it\n`;
      assert.deepEqual(await codeAndOutput(named), { code: 1, output });
    });

    it('goes without Prometheus where none is to be had, says so, and does not try again', async () => {
      const test = { ...servers, GATEWAY_SAGA_TEMPORAL_TEST_SERVER: await programOf('temporal-test-server') };
      // Neither apt nor the release can be had.
      await fakeProgram(checkout, 'apt-get', 'no network', 100);
      const offline = { ...test, GATEWAY_SAGA_PROMETHEUS: undefined, PATH: `${checkout.folder}/bin` };
      await writeFile(
        `${checkout.folder}/local/setup/download.mjs`,
        "export const download = () => Promise.reject(new Error('offline'));\nexport const verifyAgainstSums = () => undefined;\n",
      );
      const { code, output } = await codeAndOutput(offline);
      assert.equal(code, 0);
      assert.match(
        output,
        /no Prometheus to be had\. Tried: .*; .*offline.*\. Tests that need it are skipped/,
      );
      assert.deepEqual(await codeAndOutput(offline), { code: 0, output: '' });
    });

    async function codeAndOutput(env: Readonly<Record<string, string | undefined>>) {
      const { code, output } = await checkout.setup(['--tests'], env);
      return { code, output };
    }

    it('breaks the lock of a set-up that died', async () => {
      const lock = `${checkout.folder}/.tools/setup.lock`;
      await mkdir(lock, { recursive: true });
      await writeFile(
        `${lock}/owner.json`,
        JSON.stringify({ pid: process.pid, start: 'another process before it' }),
      );
      const { code } = await checkout.setup([], servers);
      assert.equal(code, 0);
    });

    it('breaks a lock without an owner, once its maker must have died', async () => {
      const lock = `${checkout.folder}/.tools/setup.lock`;
      await mkdir(lock, { recursive: true });
      await utimes(lock, new Date(), new Date(Date.now() - 60_000));
      const { code } = await checkout.setup([], servers);
      assert.equal(code, 0);
    });
  });
});

async function fakeProgram(checkout: Checkout, name: string, says: string, code = 0): Promise<string> {
  const folder = `${checkout.folder}/bin`;
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/${name}`, `#!/bin/sh\necho '${says}'\nexit ${code}\n`, { mode: 0o755 });
  return `${folder}/${name}`;
}
