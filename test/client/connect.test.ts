import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import {
  ClientClosedError,
  GatewayClient,
  InvalidRequestError,
  TemporalUnavailableError,
} from '../../client/index.ts';
import { freePort } from '../../local/ports.ts';
import { clientFor, newNamespace, temporal } from './temporal.ts';

const gateway = { resourceType: 'vpn_gateway', resourceId: randomUUID() };

describe('GatewayClient.connect', () => {
  before(async function () {
    this.timeout(90_000);
    await temporal();
  });

  it('goes where the environment of the Temporal CLI says', async () => {
    const { address } = await temporal();
    const namespace = await newNamespace('without attributes');
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    const client = await GatewayClient.connect({ env });
    await client.create(gateway);
    const description = await (
      await clientFor(namespace)
    ).workflow
      .getHandle(`vpn_gateway:${gateway.resourceId}`)
      .describe();
    assert.equal(description.status.name, 'RUNNING');
    await client.close();
  });

  it('takes options before the environment', async () => {
    const { address } = await temporal();
    const client = await GatewayClient.connect({
      address,
      namespace: 'default',
      env: { TEMPORAL_ADDRESS: 'nowhere.invalid:1', TEMPORAL_NAMESPACE: 'nowhere' },
    });
    assert.equal((await client.status(gateway)).kind, 'not found');
    await client.close();
  });

  it('leaves a connection open that it was given', async () => {
    const { address } = await temporal();
    const connection = await Connection.connect({ address });
    const client = await GatewayClient.connect({ connection });
    await client.close();
    const again = await GatewayClient.connect({ connection, namespace: 'default' });
    assert.equal((await again.status(gateway)).kind, 'not found');
    await connection.close();
  });

  it('can be closed while something is waited for', async () => {
    const { address } = await temporal();
    const client = await GatewayClient.connect({
      address,
      namespace: await newNamespace('without attributes'),
    });
    const run = await client.create(gateway);
    const result = run.result();
    const watching = (async () => {
      for await (const progress of run.watch({ intervalMs: 10 })) assert.equal(progress.outcome, 'running');
    })();
    const refused = [assert.rejects(result, ClientClosedError), assert.rejects(watching, ClientClosedError)];
    await assert.doesNotReject(run.progress({ timeoutMs: 50 }));
    await client.close();
    await Promise.all(refused);
    await assert.rejects(run.result(), ClientClosedError);
  });

  it('names the address where no server answers', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    await assert.rejects(GatewayClient.connect({ address, connectTimeoutMs: 300 }), (error) => {
      assert(error instanceof TemporalUnavailableError);
      assert.equal(error.address, address);
      assert(error.message.includes(address));
      return true;
    });
  });

  it('shows the API key in no message', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: 'canary-6f1c' };
    await assert.rejects(GatewayClient.connect({ env, connectTimeoutMs: 300 }), (error: Error) => {
      const { inspect } = process.getBuiltinModule('node:util');
      return !inspect(error, { depth: 10, showHidden: true }).includes('canary-6f1c');
    });
  });

  it('names the option or the variable of a file of keys that is not there', async () => {
    await assert.rejects(GatewayClient.connect({ codecKeys: '/no/keys', env: {} }), {
      message: 'codecKeys: expected a readable file, got "/no/keys"',
    });
    await assert.rejects(GatewayClient.connect({ env: { GATEWAY_SAGA_CODEC_KEYS: '/no/keys' } }), {
      message: 'GATEWAY_SAGA_CODEC_KEYS: expected a readable file, got "/no/keys"',
    });
  });

  it('refuses options that contradict each other', async () => {
    const client = await clientFor('default');
    await assert.rejects(GatewayClient.connect({ client, address: 'x:1' }), InvalidRequestError);
    await assert.rejects(GatewayClient.connect({ client, codecKeys: 'file' }), InvalidRequestError);
    const { connection } = client;
    await assert.rejects(GatewayClient.connect({ connection, address: 'x:1' }), InvalidRequestError);
  });

  it('says of a server without TLS that it does not speak TLS', async () => {
    const address = (await temporal()).address;
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_TLS: 'true' };
    await assert.rejects(GatewayClient.connect({ env, connectTimeoutMs: 2_000 }), {
      name: 'TemporalUnavailableError',
      message: `Temporal at ${address} can't be reached: the server does not speak TLS`,
    });
  });
});
