import assert from 'node:assert/strict';
import { Etcd3, EtcdPermissionDeniedError, Range } from 'etcd3';
import { main } from '../../command/run.ts';
import { StoreRefusedError } from '../../etcd/errors.ts';
import { KEYS } from '../../etcd/keys.ts';
import { openStore } from '../../etcd/store.ts';
import { startWorker } from '../../local/worker-process.ts';
import { blocksOf, readPage, sectionOf } from '../project/readme-document.ts';
import { startSecureEtcd } from '../etcd/secure-etcd.ts';
import type { SecureEtcd } from '../etcd/secure-etcd.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const USER = 'gateway-saga';
const PASSWORD = 'canary-etcd-9f2';
/** Where a mistake, or a thief of the password, would hurt most. */
const ELSEWHERE = ['/config/v2.0', '/config0', '/jobs/other', '/state/v1.0/x', '/somebody', '/gateway-sagb'];

describe('the role in etcd that the operations page gives a worker', function () {
  this.timeout(90_000);
  let site: Site;
  let etcd: SecureEtcd;
  let root: Etcd3;
  let own: Etcd3;
  let environment: Site['stack']['environment'];

  before(async () => {
    [site, etcd] = await Promise.all([openSite(1), startSecureEtcd()]);
    root = etcd.client({ username: 'root', password: await etcd.requirePasswords() });
    await grantAsDocumented(root);
    own = etcd.client({ username: USER, password: PASSWORD });
    environment = {
      ...site.stack.environment,
      ...etcd.environment,
      ETCDCTL_USER: USER,
      GATEWAY_SAGA_ETCD_PASSWORD_FILE: await etcd.run.write('password', `${PASSWORD}\n`),
    };
    await startWorker({ ...site.stack, environment }, { policy: { vrrpLimitMs: 2_000 } });
  });
  after(async () => {
    own.close();
    root.close();
    await Promise.all([site.close(), etcd.close()]);
  });

  /** Writes a gateway's records where only an administrator can. */
  const write = async (): Promise<TestGateway> => {
    const gateway = await site.write('vpn_gateway', 0);
    const from = new Etcd3({ hosts: [...site.stack.etcd.endpoints] });
    const records = Object.entries(await from.getAll().prefix('/config/').strings());
    for (const [key, value] of records) await root.put(key).value(value);
    from.close();
    return gateway;
  };
  const stateOf = async (gateway: TestGateway) =>
    (
      JSON.parse((await root.get(KEYS.state(gateway)).string()) ?? '{}') as {
        state?: { worker_state: string };
      }
    ).state?.worker_state;

  it('is enough to create a gateway', async () => {
    const gateway = await write();
    const outcome = await (await site.client.create(gateway)).result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    assert.equal(await stateOf(gateway), 'CREATE_COMPLETED');
  });

  it('is enough to take one back that does not come up', async () => {
    const [{ device }] = site.pair(0);
    device.setLink('ae0', false);
    const gateway = await write();
    const outcome = await (await site.client.create(gateway)).result();
    device.setLink('ae0', true);
    assert.ok(outcome.kind === 'failed' && outcome.compensation.length === 0, JSON.stringify(outcome));
    assert.equal(await stateOf(gateway), 'CREATE_FAILED');
  });

  it('is enough for the commands that show routers and begin a maintenance hold', async () => {
    const [{ id }] = site.pair(0);
    for (const args of [
      ['routers', 'list'],
      ['routers', 'hold', id, '--reason', 'a test'],
      ['routers', 'release', id],
      ['queue'],
    ])
      assert.equal(await exitCode(args), 0, args.join(' '));
  });

  it('comes with the certificate of that name, too, without a password', async () => {
    const store = openStore({ endpoints: [etcd.endpoint], tls: etcd.tls });
    await store.ping();
    // It may ask for alarms, too.
    assert.deepEqual(await store.alarms(), []);
    await assert.rejects(store.publishTemplates([{ id: 'x' }]), StoreRefusedError);
    store.close();
  });

  it('changes no configuration, and publishes no templates', async () => {
    const key = KEYS.gatewayConfig(await write());
    await assertRefused(own.put(key).value('{}'));
    await assertRefused(own.delete().key(key));
    assert.equal(await exitCode(['templates', 'publish']), 1);
  });

  it('reads and writes nothing else', async () => {
    for (const key of ELSEWHERE) {
      await root.put(key).value('somebody’s');
      await assertRefused(own.get(key).string());
      await assertRefused(own.put(key).value('ours'));
      await assertRefused(own.delete().key(key));
    }
    await assertRefused(own.getAll().strings());
    await assertRefused(own.user('mallory').create('x'));
  });

  async function exitCode(args: readonly string[]): Promise<number> {
    let printed = '';
    const stream = { write: (text: string) => (printed += text) };
    const env = { ...process.env, ...environment };
    const code = await main(args, {
      stdout: stream,
      stderr: stream,
      env,
      onInterrupt: () => () => undefined,
    });
    assert.ok(!printed.includes(PASSWORD));
    return code;
  }
});

/** What etcd3 builds is sent when it is awaited, and is no `Promise`. */
async function assertRefused(sent: { then: unknown }): Promise<void> {
  await assert.rejects(async () => {
    await (sent as Promise<unknown>);
  }, EtcdPermissionDeniedError);
}

/** Carries out the documented commands, as they are read from the page. */
async function grantAsDocumented(root: Etcd3): Promise<void> {
  const section = sectionOf(await readPage('docs/operations.md'), 'The role in etcd');
  const text = blocksOf({ path: '', text: section })
    .map((block) => block.text)
    .join('\n');
  const lines = [...text.matchAll(/^etcdctl role grant-permission gateway-saga (\w+) --prefix (\S+)$/gm)];
  assert.ok(lines.length > 0 && lines.length === text.split('grant-permission').length - 1, text);
  const role = await root.role(USER).create();
  for (const [, permission, prefix = ''] of lines) {
    assert.ok(permission === 'read' || permission === 'write' || permission === 'readwrite', permission);
    const words = { read: 'Read', write: 'Write', readwrite: 'Readwrite' } as const;
    await role.grant({ permission: words[permission], range: Range.prefix(prefix) });
  }
  await (await root.user(USER).create(PASSWORD)).addRole(role);
}
