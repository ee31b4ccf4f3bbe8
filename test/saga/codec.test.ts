import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { GatewayClient } from '../../client/index.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { startChild, untilReady } from '../../local/child.ts';
import type { ChildProgram } from '../../local/child.ts';
import { ROOT } from '../../local/folders.ts';
import { accepts, freePort } from '../../local/ports.ts';
import { startWorker } from '../../local/worker-process.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';
import { historyByCommand, temporalCommand } from './temporal-command.ts';

const NAME = 'canary-customer-name';
const [OLD, NEW] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));

describe('with a payload codec', function () {
  this.timeout(90_000);
  let site: Site;
  let client: GatewayClient;
  let environment: Record<string, string | undefined>;
  let endpoint: ChildProgram;
  let url: string;
  let worker: ChildProgram;

  before(async () => {
    site = await openSite(2);
    const keys = await site.stack.run.write('codec-keys', `2026-05 ${OLD}\n`);
    environment = { ...site.stack.environment, GATEWAY_SAGA_CODEC_KEYS: keys };
    worker = await startWorker({ ...site.stack, environment }, { policy: { vrrpLimitMs: 1_000 } });
    client = await GatewayClient.connect({ env: environment });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const program = `${ROOT}command/gateway-saga.mjs`;
    endpoint = await startChild({
      name: 'codec',
      program: process.execPath,
      args: [program, 'codec', `--listen=127.0.0.1:${port}`, `--codec-keys=${keys}`],
      env: environment,
      log: `${site.stack.logs}/codec.log`,
    });
    await site.stack.run.adopt(endpoint, program);
    await untilReady(endpoint, 30_000, () => accepts(port));
  });
  after(async () => {
    await client.close();
    await endpoint.stop();
    await site.close();
  });

  const write = (pair: number): Promise<TestGateway> =>
    site.write('vpn_gateway', pair, ({ gateway }) => void (gateway.body['name'] = NAME));

  it('a gateway is created, and its history shows nothing of it in clear', async () => {
    const gateway = await write(0);
    const run = await client.create(gateway);
    let seen = 0;
    for await (const { steps } of run.watch()) seen = steps.length;
    assert.ok(seen > 0);
    const outcome = await run.result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    await assertSealed(gateway);
  });

  it('a failure is readable with the key, and its history shows nothing of the reason', async () => {
    const [{ device }] = site.pair(1);
    device.setLink('ae0', false);
    const gateway = await write(1);
    const outcome = await (await client.create(gateway)).result();
    device.setLink('ae0', true);
    assert.ok(outcome.kind === 'failed' && outcome.type === 'NotConverged', JSON.stringify(outcome));
    assert.match(outcome.message, /MX-1 \(primary\): downlink: interface/);
    const history = await assertSealed(gateway);
    assert.ok(!history.includes('VRRP'));
    assert.match(history, /"message": "Encoded failure"/);
  });

  it('the codec endpoint shows it to the Temporal CLI', async () => {
    const gateway = await write(0);
    await (await client.create(gateway)).result();
    const args = ['workflow', 'show', `--workflow-id=${workflowIdOf(gateway)}`, '--output=json'];
    const shown = await temporalCommand(site.stack, [...args, `--codec-endpoint=${url}`]);
    assert.ok(
      decoded(shown).some((text) => text.includes(gateway.resourceId)),
      shown.slice(0, 2_000),
    );
    assert.ok(!shown.includes(Buffer.from('binary/encrypted').toString('base64')));
  });

  it('the Temporal CLI starts a creation, in clear or through the codec endpoint', async () => {
    for (const codec of [[], [`--codec-endpoint=${url}`]]) {
      const gateway = await write(0);
      const { resourceType, resourceId } = gateway;
      const printed = await temporalCommand(site.stack, [
        'workflow',
        'execute',
        '--type=createGateway',
        '--task-queue=gateways',
        `--workflow-id=${workflowIdOf(gateway)}`,
        `--input=${JSON.stringify({ resourceType, resourceId })}`,
        '--output=json',
        ...codec,
      ]);
      assert.match(printed, /"status": "COMPLETED"/);
    }
  });

  it('a client without the key says which one it wants', async () => {
    const gateway = await write(0);
    await (await client.create(gateway)).result();
    await assert.rejects(site.client.status(gateway), /encrypted with the key "2026-05"/);
  });

  it('a worker without the key says which one it wants, and one that has it takes over', async () => {
    await worker.stop();
    const without = await startWorker(site.stack, { name: 'keyless' });
    const gateway = await write(0);
    const run = await client.create(gateway);
    await untilReady(without, 30_000, async () =>
      /encrypted with the key .*2026-05/.test(await readFile(without.log, 'utf8')),
    );
    await without.stop();
    const rotated = await site.stack.run.write('rotated', `2026-11 ${NEW}\n2026-05 ${OLD}\n`);
    await startWorker(
      { ...site.stack, environment: { ...environment, GATEWAY_SAGA_CODEC_KEYS: rotated } },
      { name: 'rotated' },
    );
    const reader = await GatewayClient.connect({ env: environment, codecKeys: rotated });
    const outcome = await (await reader.find(gateway))?.result();
    assert.equal(outcome?.kind, 'created', JSON.stringify(outcome));
    await reader.close();
    await assert.rejects(run.result(), /encrypted with the key "2026-11"/);
  });

  it('the codec endpoint ends with 0 on a signal', async () => {
    assert.deepEqual(await endpoint.stop(), { code: 0, signal: null });
  });

  it('the keys are in no log', async () => {
    for (const name of await readdir(site.stack.logs)) {
      const text = await readFile(`${site.stack.logs}/${name}`, 'utf8');
      for (const key of [OLD, NEW]) assert.ok(!text.includes(key ?? ''), name);
    }
  });

  /** The history as the server has it, in which nothing of the gateway stands but its id. */
  async function assertSealed(gateway: TestGateway): Promise<string> {
    const history = await historyByCommand(site.stack, workflowIdOf(gateway));
    const routers = gateway.neighbours
      .filter(({ type }) => type === 'edge_router')
      .map(({ body }) => String(body['name']));
    assert.ok(routers.includes('MX-1'));
    const body = gateway.gateway.body;
    for (const text of [history, ...decoded(history)])
      for (const secret of [NAME, String(body['vrf_name']), ...routers])
        assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 500)}`);
    assert.ok(history.includes(Buffer.from('binary/encrypted').toString('base64')));
    return history;
  }
});

/** Whatever stands in base64, as text. */
function decoded(history: string): string[] {
  return [...history.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString(),
  );
}
