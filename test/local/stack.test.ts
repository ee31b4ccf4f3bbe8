import { Connection } from '@temporalio/client';
import { Etcd3 } from 'etcd3';
import assert from 'node:assert/strict';
import { readFile, readdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { SEARCH_ATTRIBUTES } from '../../gateway/messages.ts';
import { ChildError, startChild } from '../../local/child.ts';
import { RUNS } from '../../local/folders.ts';
import { PortError, freePort } from '../../local/ports.ts';
import { processStart } from '../../local/processes.mjs';
import { NotSetUpError } from '../../local/programs.ts';
import { type Stack, startStack } from '../../local/stack.ts';

const ATTRIBUTES: readonly string[] = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);

describe('the embedded stack', function () {
  this.timeout(60_000);

  describe('while it runs', () => {
    let stack: Stack;
    before(async () => (stack = await startStack()));
    after(() => stack.stop());

    it('has an etcd that stores what is written to it', async () => {
      const etcd = new Etcd3({ hosts: stack.etcd.endpoints.map((endpoint) => `http://${endpoint}`) });
      await etcd.put('key').value('value');
      assert.equal(await etcd.get('key').string(), 'value');
      etcd.close();
    });

    it('has a Temporal server with the search attributes, and a Web UI', async () => {
      assert.deepEqual(await customAttributes(stack), ATTRIBUTES.toSorted());
      assert.equal((await fetch(stack.temporal.ui)).status, 200);
    });

    it('can run twice at the same time', async () => {
      const other = await startStack();
      assert.notDeepEqual(other.etcd.endpoints, stack.etcd.endpoints);
      assert.notEqual(other.temporal.address, stack.temporal.address);
      await other.stop();
      assert.equal((await fetch(`http://${stack.etcd.endpoints[0]}/health`)).status, 200);
    });

    it('writes the output of the servers into files', async () => {
      assert.match(await readFile(`${stack.logs}/etcd.log`, 'utf8'), /etcd Version|etcd-version/i);
    });
  });

  it('ends its programs, removes its data and leaves its logs', async () => {
    const stack = await startStack();
    await stack.stop();
    for (const { pid, start } of [stack.etcd.child, stack.temporal.child]) {
      assert.notEqual(await processStart(pid), start);
    }
    await assert.rejects(stat(stack.run.folder), { code: 'ENOENT' });
    assert.ok((await stat(`${stack.logs}/etcd.log`)).isFile());
  });

  it('lets no program go on that was started while it was being ended', async () => {
    const stack = await startStack();
    const child = await startChild({
      name: 'late',
      program: process.execPath,
      args: ['--eval', 'setInterval(() => undefined, 1_000)'],
      log: `${stack.logs}/late.log`,
    });
    await stack.stop();
    await assert.rejects(stack.run.adopt(child, process.execPath), ChildError);
    assert.notEqual(await processStart(child.pid), child.start);
  });

  it('can be started without the search attributes', async () => {
    const stack = await startStack({ searchAttributes: false });
    try {
      assert.deepEqual(await customAttributes(stack), []);
    } finally {
      await stack.stop();
    }
  });

  describe('with the usual ports requested', () => {
    it('uses other ports if those are taken', async () => {
      // The usual ports may be free or taken before this. Afterwards they are taken.
      const servers = await Promise.all([2379, 7233, 8233].map((port) => occupy(port)));
      const stack = await startStack({ ports: 'usual' });
      const ports = [stack.etcd.endpoints[0], stack.temporal.address, stack.temporal.ui].map((at) =>
        Number(at?.split(':').at(-1)),
      );
      await stack.stop();
      servers.forEach((server) => server?.close());
      assert.ok(
        ports.every((port) => ![2379, 7233, 8233].includes(port)),
        String(ports),
      );
    });

    it('uses the port that a variable fixes', async () => {
      const port = await freePort();
      const stack = await withVariable('GATEWAY_SAGA_ETCD_PORT', String(port), () =>
        startStack({ ports: 'usual' }),
      );
      await stack.stop();
      assert.deepEqual(stack.etcd.endpoints, [`127.0.0.1:${port}`]);
    });

    it('refuses a fixed port that is taken, and names the variable', async () => {
      const port = await freePort();
      const server = await occupy(port);
      const start = withVariable('GATEWAY_SAGA_UI_PORT', String(port), () => startStack({ ports: 'usual' }));
      await assert.rejects(start, (error: unknown) => {
        assert.ok(error instanceof PortError);
        assert.equal(error.variable, 'GATEWAY_SAGA_UI_PORT');
        assert.match(error.message, /taken/);
        return true;
      });
      server?.close();
    });

    for (const wrong of ['http', '0', '65536', '-1', '80.5']) {
      it(`refuses "${wrong}" as a port`, async () => {
        const start = withVariable('GATEWAY_SAGA_ETCD_PORT', wrong, () => startStack({ ports: 'usual' }));
        await assert.rejects(start, {
          message: `GATEWAY_SAGA_ETCD_PORT: expected a port from 1 to 65535, got "${wrong}"`,
        });
      });
    }
  });

  describe('that can not start', () => {
    it('says so with the end of the log, and leaves nothing running', async () => {
      const before = await readdir(RUNS);
      // This program is no server. It prints a complaint and ends.
      const start = withVariable('GATEWAY_SAGA_ETCD', process.execPath, () => startStack());
      await assert.rejects(start, (error: unknown) => {
        assert.ok(error instanceof ChildError);
        assert.equal(error.child, 'etcd');
        assert.match(error.message, /ended before it was ready \(exit code 9\).*bad option/s);
        return true;
      });
      const runs = await readdir(RUNS);
      assert.deepEqual(
        runs.filter((name) => name.includes(`-${process.pid}-`) && !before.includes(name)),
        [],
      );
    });

    it('says what to do if a server was not set up', async () => {
      const start = withVariable('GATEWAY_SAGA_TEMPORAL', '/nowhere/temporal', () => startStack());
      await assert.rejects(start, (error: unknown) => {
        assert.ok(error instanceof NotSetUpError);
        assert.match(error.message, /no temporal program at \/nowhere\/temporal: run `npm run setup`/);
        return true;
      });
    });
  });
});

async function customAttributes(stack: Stack): Promise<string[]> {
  const { address, namespace } = stack.temporal;
  const connection = await Connection.connect({ address });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  await connection.close();
  return Object.keys(customAttributes)
    .filter((name) => ATTRIBUTES.includes(name))
    .sort();
}

/** Listens on a port. Resolves to `undefined` if the port is taken already. */
function occupy(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function withVariable<T>(name: string, value: string, work: () => Promise<T>): Promise<T> {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}
