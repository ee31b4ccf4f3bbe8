/** A key that a gateway's own configuration brings: where it goes, and where it never is, through the gateway's whole life. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { Etcd3 } from 'etcd3';
import type { WorkflowFailedError } from '@temporalio/client';
import { main } from '../../command/run.ts';
import { EtcdClient } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { GatewaySecrets } from '../../etcd/secrets.ts';
import { APPLY_GATEWAY, TASK_QUEUE } from '../../gateway/messages.ts';
import type { GatewayResult } from '../../gateway/plan.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { history } from '../../local/six-points.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { secretIn } from '../../simulator/device/config/canonical.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';
import { historyByCommand } from './temporal-command.ts';

const keyOf = (number: number): string => `canary-Wq${number}-text`;
const CANARIES = [1, 2, 3, 4, 5].map(keyOf);
const peerWith = (key: string): string =>
  `protocols { bgp { group g { neighbor 192.0.2.1 { authentication-key ${key}; } } } }`;
const POLICY = { patienceMs: 1_500, vrrpIntervalMs: 100, vrrpLimitMs: 2_000 };

describe("a key in a gateway's own text", function () {
  this.timeout(90_000);
  let site: Site;
  let etcd: EtcdClient;
  let gateway: TestGateway;
  const told: string[] = [];

  before(async () => {
    site = await openSite(1);
    etcd = new EtcdClient({ endpoints: site.stack.etcd.endpoints });
    await startWorker(site.stack, { policy: POLICY });
    gateway = await site.write('internet_gateway', 0, (one) => {
      one.neighbour('internet_service').body['vrf_config'] = peerWith(keyOf(1));
    });
  });
  after(async () => {
    etcd.close();
    await site.close();
  });

  const routers = () => site.pair(0);
  /** The key that each router carries. */
  const keys = (): readonly (string | undefined)[] =>
    routers().map(({ device }) => {
      const [, form] = /authentication-key "?(\$9\$[^";\s]+)/.exec(device.running()) ?? [];
      return form === undefined ? undefined : secretIn(form);
    });
  const secrets = async (): Promise<readonly string[]> => {
    const [last] = (await history(etcd, KEYS.secrets(gateway))).slice(-1) as (GatewaySecrets | undefined)[];
    return Object.values(last?.values ?? {}).sort();
  };

  /** Runs the gateway's next version. Resolves to the outcome, or to the failure's message. */
  async function next(change: (one: TestGateway) => void): Promise<string> {
    gateway.gateway.version += 1;
    change(gateway);
    await writeRecords(site.stack.etcd.endpoints, [...gateway.neighbours, gateway.gateway].map(recordOf));
    told.push(await printed(['plan', gateway.resourceType, gateway.resourceId]));
    told.push(await printed(['plan', gateway.resourceType, gateway.resourceId, '--json']));
    return run();
  }
  async function run(): Promise<string> {
    const { resourceType, resourceId } = gateway;
    try {
      const result = (await site.temporal.workflow.execute(APPLY_GATEWAY, {
        taskQueue: TASK_QUEUE,
        workflowId: workflowIdOf(gateway),
        args: [{ resourceType, resourceId }],
      })) as GatewayResult;
      told.push(JSON.stringify(result));
      return result.outcome;
    } catch (error) {
      const { message } = (error as WorkflowFailedError).cause ?? {};
      told.push(String(message));
      return String(message);
    } finally {
      told.push(await printed(['status', resourceType, resourceId, '--json']));
    }
  }
  const withKey = (number: number) => (one: TestGateway) =>
    void (one.neighbour('internet_service').body['vrf_config'] = peerWith(keyOf(number)));
  async function printed(args: readonly string[]): Promise<string> {
    let text = '';
    const stream = { write: (more: string) => (text += more) };
    const env = { ...process.env, ...site.stack.environment };
    await main(args, { stdout: stream, stderr: stream, env, onInterrupt: () => () => undefined });
    assert.notEqual(text, '', args.join(' '));
    return text;
  }

  it('comes to both routers with the gateway, and stands apart from its plan record', async () => {
    told.push(await printed(['plan', gateway.resourceType, gateway.resourceId]));
    assert.equal(await run(), 'created');
    assert.deepEqual(keys(), [keyOf(1), keyOf(1)]);
    assert.deepEqual(await secrets(), [keyOf(1)]);
  });

  it('is the same one as long as nobody writes another', async () => {
    assert.equal(await next(withKey(1)), 'unchanged');
    assert.deepEqual(keys(), [keyOf(1), keyOf(1)]);
  });

  it('changes on both routers, if nothing else changes', async () => {
    assert.equal(await next(withKey(2)), 'updated');
    assert.deepEqual(keys(), [keyOf(2), keyOf(2)]);
    assert.deepEqual(await secrets(), [keyOf(2)]);
    assert.match(told.join('\n'), /- .*authentication-key ••••••\n.*\+ .*authentication-key ••••••/);
  });

  it('comes back after an update that does not work', async () => {
    const [{ device }] = routers();
    device.setLink('ae0', false);
    assert.match(await next(withKey(3)), /ae0/);
    device.setLink('ae0', true);
    assert.deepEqual(keys(), [keyOf(2), keyOf(2)]);
    assert.deepEqual(await secrets(), [keyOf(2)]);
  });

  it('stays known as long as a router owes the way back to it', async () => {
    const [primary, secondary] = routers();
    secondary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      outcome: { kind: 'refuse' },
    });
    let loads = 0;
    primary.device.faults.add({
      rpc: 'load-configuration',
      when: () => (loads += 1) > 1,
      times: Infinity,
      outcome: { kind: 'refuse', message: `not today: ${keyOf(2)}` },
    });
    assert.match(await next(withKey(4)), /not today/);
    assert.deepEqual(keys(), [keyOf(4), keyOf(2)]);
    const owed = await etcd.readPrefix('owed', KEYS.owedChanges(primary.id));
    assert.equal(owed.length, 1);
    assert.match(String(owed[0]?.value), /<secret:authentication-key:/);
    assert.deepEqual(await secrets(), [keyOf(2), keyOf(4)]);
    primary.device.faults.clear();
    assert.equal(await next(withKey(5)), 'updated');
    assert.deepEqual(keys(), [keyOf(5), keyOf(5)]);
    assert.deepEqual(await secrets(), [keyOf(5)]);
  });

  it('goes with the gateway', async () => {
    assert.equal(await next((one) => (one.gateway.markedForDeletion = true)), 'deleted');
    assert.deepEqual(keys(), [undefined, undefined]);
    const [entry] = await etcd.read('secrets', [KEYS.secrets(gateway)]);
    assert.equal(entry?.value, undefined);
  });

  it('is in no output, no history and no log', async () => {
    for (const text of told) assertNone(text);
    const pair = pairIdOf(routers().map(({ id }) => id) as [string, string]);
    for (const workflowId of [workflowIdOf(gateway), pair]) {
      const text = await historyByCommand(site.stack, workflowId);
      const payloads = [...text.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)].map(([, data = '']) =>
        Buffer.from(data, 'base64').toString(),
      );
      assert.ok(payloads.some((payload) => payload.includes(gateway.resourceId)));
      for (const one of [text, ...payloads]) assertNone(one);
    }
    for (const name of await readdir(site.stack.logs))
      assertNone(await readFile(`${site.stack.logs}/${name}`, 'utf8'));
  });

  it('was in no record but its own, the configuration and the jobs', async () => {
    for (const value of await history(etcd, KEYS.plan(gateway))) assertNone(JSON.stringify(value));
    const raw = new Etcd3({ hosts: [...site.stack.etcd.endpoints] });
    try {
      const holders = new Set<string>();
      for (const [key, value] of Object.entries(await raw.getAll().strings()))
        if (CANARIES.some((canary) => value.includes(canary)))
          holders.add(key.split('/').slice(0, 3).join('/'));
      assert.deepEqual([...holders].sort(), ['/config/v2.0', '/jobs/all']);
    } finally {
      raw.close();
    }
  });
});

function assertNone(text: string): void {
  for (const canary of CANARIES) {
    const at = text.indexOf(canary);
    assert.equal(at, -1, `…${text.slice(Math.max(0, at - 200), at)}<secret>`);
  }
}
