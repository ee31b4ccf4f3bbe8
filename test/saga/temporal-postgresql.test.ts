import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { GatewayClient } from '../../client/index.ts';
import { startChild, untilReady } from '../../local/child.ts';
import type { ChildProgram } from '../../local/child.ts';
import { freePorts } from '../../local/ports.ts';
import type { Stack } from '../../local/stack.ts';
import { startWorker } from '../../local/worker-process.ts';
import { startPostgresql } from '../world/postgresql.ts';
import type { Postgresql } from '../world/postgresql.ts';
import { recipe, type } from '../world/recipe.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const RECIPE = 'Temporal with PostgreSQL';
/** The page's ports of Temporal's services, the frontend's first. */
const PORTS = [7233, 7234, 7235, 7239, 6933, 6934, 6935, 6939];
const PROGRAMS = ['initdb', 'pg_isready', 'postgres', 'psql', 'temporal-server', 'temporal-sql-tool'];
const missing = PROGRAMS.filter((name) => spawnSync(name, ['--version']).error !== undefined);

/** No package has Temporal's server, so only who has put these programs into `PATH` runs this. */
describe('a Temporal server with PostgreSQL, made by its recipe', function () {
  this.timeout(240_000);
  let site: Site;
  let stack: Stack;
  let client: GatewayClient;
  let postgresql: Postgresql;
  let server: ChildProgram;
  let serve: string;

  before(async function () {
    if (missing.length > 0) {
      console.log(`    ${missing.join(', ')} not in PATH: the recipe is not tried`);
      this.skip();
    }
    site = await openSite(1);
    const { run } = site.stack;
    postgresql = await startPostgresql(run);
    const ports = await freePorts(PORTS.length);
    const address = `127.0.0.1:${ports[0]}`;
    const names = {
      'SQL_PORT=5432': `SQL_PORT=${postgresql.port}`,
      '127.0.0.1:5432': `127.0.0.1:${postgresql.port}`,
      '127.0.0.1:7233': address,
      ...Object.fromEntries(PORTS.map((port, index) => [`Port: ${port}`, `Port: ${ports[index]}`])),
    };
    const [user, databases, start = '', namespace] = await recipe(RECIPE, names);
    const [configuration = ''] = await recipe(RECIPE, names, 'yaml');
    await run.write('temporal.yaml', configuration);
    serve = start.trim();
    const environment = { ...site.stack.environment, ...postgresql.environment, TEMPORAL_ADDRESS: address };
    stack = { ...site.stack, environment, temporal: { ...site.stack.temporal, address } };
    await typed(user);
    await typed(databases);
    await startServer();
    await typed(namespace);
    await startWorker(stack);
    client = await GatewayClient.connect({ address, env: {} });
  });
  after(async () => {
    await client?.close();
    await site?.close();
    await postgresql?.close();
  });

  it('serves the workers and the commands', async () => {
    const { resourceId } = await site.write('vpn_gateway', 0);
    assert.match(await typed(`gateway-saga create vpn_gateway ${resourceId}`), /^created version 1$/m);
    assert.match(await typed(`gateway-saga status vpn_gateway ${resourceId}`), /^stands: version 1$/m);
    assert.match(await typed('gateway-saga list'), /^vpn_gateway .* created /m);
    const found = await typed(`temporal workflow list --query 'GatewayId = "${resourceId}"' --output json`);
    assert.match(found, /"WORKFLOW_EXECUTION_STATUS_COMPLETED"/);
  });

  for (const struck of [['Temporal'], ['PostgreSQL'], ['Temporal', 'PostgreSQL']])
    it(`ends a change as asked for, although ${struck.join(' and ')} got killed in the middle of it`, async () => {
      const gateway = await site.write('internet_gateway', 0);
      const { resourceType, resourceId } = gateway;
      const [primary] = site.pair(0);
      primary.device.setLink('ae0', false);
      const run = await client.create({ resourceType, resourceId });
      await site.untilStep(run, 'poll primary');
      assert.match(await typed('gateway-saga list'), /^internet_gateway .* running /m);
      assert.match(await typed('gateway-saga queue'), new RegExp(resourceId.slice(0, 8)));
      if (struck.includes('Temporal')) {
        server.signal('SIGKILL');
        await server.exited;
      }
      if (struck.includes('PostgreSQL')) await postgresql.kill();
      primary.device.setLink('ae0', true);
      if (struck.includes('PostgreSQL')) await postgresql.start();
      if (struck.includes('Temporal')) await startServer();
      await site.assertCreatedOnce(gateway, run);
      assert.match(await typed('gateway-saga doctor'), /^no difference: 2 routers/m);
    });

  async function startServer(): Promise<void> {
    const { run, logs } = stack;
    const [name, program] = ['temporal-server', 'bash'];
    const [args, cwd] = [['-c', `exec ${serve}`], run.folder];
    server = await startChild({
      name,
      program,
      args,
      cwd,
      env: stack.environment,
      log: `${logs}/${name}.log`,
    });
    await run.adopt(server, program);
    const isUp = async () => (await type(stack, 'temporal operator cluster health')).code === 0;
    await untilReady(server, 60_000, isUp);
  }

  async function typed(lines = ''): Promise<string> {
    const { code, printed } = await type(stack, lines);
    assert.equal(code, 0, printed);
    return printed;
  }
});
