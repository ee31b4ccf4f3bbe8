import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Etcd3 } from 'etcd3';
import { main } from '../../command/run.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { ChildError } from '../../local/child.ts';
import { startWorker } from '../../local/worker-process.ts';
import type { SampleKind, TestGateway } from '../../local/test-gateway.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';
import { historyByCommand } from './temporal-command.ts';

/** As it stands in the records and on the routers. */
const PASSWORD = 'canary-Zq7!pass"word';
/** Another one, which no router takes. */
const WRONG = 'canary-wrong-Kx93';
/** A password, but not a string. */
const NUMBER = 7_318_846_025;
const { privateKey: key } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const KEY_LINES = key.split('\n').filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line));
/** As they would be seen, plainly or in JSON. */
const CANARIES = [PASSWORD, JSON.stringify(PASSWORD).slice(1, -1), WRONG, String(NUMBER), ...KEY_LINES];

const POLICY = { patienceMs: 1_500, vrrpIntervalMs: 100, vrrpLimitMs: 4_000 };

interface Path {
  readonly name: string;
  readonly kind?: SampleKind;
  readonly type: FailureType | 'created';
  readonly spoil?: (gateway: TestGateway) => void;
  /** Prepares the routers; what it returns mends them. */
  readonly routers?: (site: Site, pair: number) => () => void;
}

const nothing = () => undefined;
const password = (value: unknown) => (gateway: TestGateway) => {
  for (const { type, body } of gateway.neighbours) if (type === 'edge_router') body['password'] = value;
};
const PATHS: readonly Path[] = [
  { name: 'a VPN gateway is created', type: 'created' },
  { name: 'an Internet gateway is created', kind: 'internet_gateway', type: 'created' },
  { name: 'the password is wrong', type: FAILURES.AuthenticationFailed, spoil: password(WRONG) },
  { name: 'the password is a number', type: FAILURES.InvalidGateway, spoil: password(NUMBER) },
  { name: 'the password is an object', type: FAILURES.InvalidGateway, spoil: password({ is: PASSWORD }) },
  {
    name: 'a router can not be reached',
    type: FAILURES.RouterUnreachable,
    routers: (site, pair) => {
      const [{ server }] = site.pair(pair);
      server.setReachable(false);
      return () => server.setReachable(true);
    },
  },
  {
    name: 'a router refuses',
    type: FAILURES.RouterRefused,
    routers: (site, pair) => {
      const [{ device }] = site.pair(pair);
      return device.faults.add({ rpc: 'commit-configuration', step: 'check', outcome: { kind: 'refuse' } });
    },
  },
  {
    name: 'a router does not converge',
    type: FAILURES.NotConverged,
    routers: (site, pair) => {
      const [{ device }] = site.pair(pair);
      device.setLink('ae0', false);
      return () => device.setLink('ae0', true);
    },
  },
  {
    name: 'the undo fails too',
    type: FAILURES.RouterRefused,
    routers: (site, pair) => {
      const [primary, secondary] = site.pair(pair);
      secondary.device.faults.add({
        rpc: 'commit-configuration',
        step: 'activate',
        outcome: { kind: 'refuse' },
      });
      let loads = 0;
      return primary.device.faults.add({
        rpc: 'load-configuration',
        when: () => (loads += 1) > 1,
        times: Infinity,
        outcome: { kind: 'refuse', message: 'not today' },
      });
    },
  },
];

const clash = (taken: unknown): Path => ({
  name: 'somebody else has it',
  type: FAILURES.Conflict,
  spoil: ({ gateway }) => void (gateway.body['vrf_name'] = taken),
});

/** A line of a worker's log, in the form that was asked for. */
const LINES = {
  text: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z (ERROR|WARN|INFO|DEBUG) \S/,
  json: /^\{"time":".{24}","level":"(ERROR|WARN|INFO|DEBUG)","message":".+","fields":\{.*\}\}$/,
};

for (const redactJobs of [false, true]) {
  const form = redactJobs ? 'json' : 'text';
  describe(`passwords and keys${redactJobs ? ', with redacted job records' : ''}, and a log as ${form}`, function () {
    this.timeout(90_000);
    let site: Site;
    const told: string[] = [];
    const gateways: TestGateway[] = [];
    const onPair = new Map<number, TestGateway>();

    before(async () => {
      site = await openSite(PATHS.length, { password: PASSWORD });
      const keyFile = await site.stack.run.write('id_ed25519', key);
      const environment = {
        ...site.stack.environment,
        GATEWAY_SAGA_PRIVATE_KEY: keyFile,
        GATEWAY_SAGA_LOG_FORMAT: form,
        GATEWAY_SAGA_LOG_LEVEL: 'debug',
      };
      await startWorker({ ...site.stack, environment }, { policy: { ...POLICY, redactJobs } });
    });
    after(() => site.close());

    const run = async ({ kind = 'vpn_gateway', spoil = nothing, routers }: Path, pair: number) => {
      const mend = routers?.(site, pair);
      const gateway = await site.write(kind, pair, spoil);
      gateways.push(gateway);
      if (!onPair.has(pair)) onPair.set(pair, gateway);
      const creation = await site.client.create(gateway);
      for await (const progress of creation.watch()) told.push(JSON.stringify(progress));
      const outcome = await creation.result();
      mend?.();
      told.push(JSON.stringify(outcome));
      for (const args of [
        ['create', kind, gateway.resourceId, '--json'],
        ['create', kind, gateway.resourceId],
        ['status', kind, gateway.resourceId],
        ['status', kind, gateway.resourceId, '--json'],
        ['plan', kind, gateway.resourceId],
      ])
        told.push(await printedBy(site, args));
      return outcome;
    };

    it('every path is taken', async () => {
      const outcomes = await Promise.all(PATHS.map(run));
      // One that wants what the first has got, on the same routers.
      const first = gateways.find(({ resourceId }) => resourceId === outcomes[0]?.gateway?.resourceId);
      const taken = first?.gateway.body['vrf_name'];
      outcomes.push(await run(clash(taken), 0));
      const types = outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.type : outcome.kind));
      assert.deepEqual(
        types,
        [...PATHS.map(({ type }) => type), FAILURES.Conflict],
        JSON.stringify(outcomes, null, 1),
      );
      const last = outcomes.at(-2);
      assert.ok(last?.kind === 'failed' && last.compensation.length === 1, 'the undo was to fail');
    });

    it('are in no outcome, no progress, no output of a command', () => {
      for (const text of told) assertNone(text);
    });

    it('are in no history, of a creation or of its router pair', async () => {
      const creations = gateways.map((gateway) => [workflowIdOf(gateway), gateway] as const);
      // What can't be planned never comes to its pair.
      const pairs = PATHS.flatMap(({ type }, pair) => {
        const ids = site.pair(pair).map(({ id }) => id) as [string, string];
        const gateway = onPair.get(pair);
        return type === FAILURES.InvalidGateway || !gateway ? [] : [[pairIdOf(ids), gateway] as const];
      });
      assert.equal(pairs.length, PATHS.length - 2);
      for (const [workflowId, gateway] of [...creations, ...pairs]) {
        const history = await historyByCommand(site.stack, workflowId);
        const payloads = [...history.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)].map(([, data = '']) =>
          Buffer.from(data, 'base64').toString(),
        );
        assert.ok(
          payloads.some((payload) => payload.includes(gateway.resourceId)),
          'payloads were not decoded',
        );
        for (const text of [history, ...payloads]) assertNone(text);
      }
    });

    it('are in no log', async () => {
      const names = await readdir(site.stack.logs);
      assert.ok(names.includes('worker.log'), names.join());
      for (const name of names) assertNone(await readFile(`${site.stack.logs}/${name}`, 'utf8'));
    });

    it(`leave a log whose lines are all ${form}, with one line for the end of each change and no stack`, async () => {
      const log = await readFile(`${site.stack.logs}/worker.log`, 'utf8');
      const lines = log.trimEnd().split('\n');
      for (const line of lines) assert.match(line, LINES[form]);
      const ends = lines.filter((line) => line.includes('change ended'));
      // Each was asked for by the client, and twice by the command.
      for (const { resourceId } of gateways)
        assert.equal(ends.filter((line) => line.includes(`_gateway:${resourceId}`)).length, 3, resourceId);
      assert.doesNotMatch(log, /\.[jt]s:\d+:\d+/);
    });

    it(`are in etcd where they came from${redactJobs ? ' only' : ', and in the job records'}`, async () => {
      const etcd = new Etcd3({ hosts: [...site.stack.etcd.endpoints] });
      try {
        const holders = new Set<string>();
        for (const [where, value] of Object.entries(await etcd.getAll().strings()))
          if (CANARIES.some((canary) => value.includes(canary)))
            holders.add(where.split('/').slice(0, 3).join('/'));
        assert.deepEqual([...holders].sort(), ['/config/v2.0', ...(redactJobs ? [] : ['/jobs/all'])]);
      } finally {
        etcd.close();
      }
    });

    it('are not in what a worker says that can not use its key', async () => {
      const broken = await site.stack.run.write('broken', key.replace('RSA', 'RSB'));
      const environment = { ...site.stack.environment, GATEWAY_SAGA_PRIVATE_KEY: broken };
      await assert.rejects(
        startWorker({ ...site.stack, environment }, { name: 'other' }),
        (error: unknown) => {
          assert.ok(error instanceof ChildError);
          assert.match(error.message, /key/i);
          assertNone(error.message);
          return true;
        },
      );
    });
  });
}

function assertNone(text: string): void {
  for (const canary of CANARIES) {
    const at = text.indexOf(canary);
    assert.equal(at, -1, `…${text.slice(Math.max(0, at - 200), at)}<secret>`);
  }
}

/** What a person would see on the screen, both streams. */
async function printedBy(site: Site, args: readonly string[]): Promise<string> {
  let printed = '';
  const stream = { write: (text: string) => (printed += text) };
  const env = { ...process.env, ...site.stack.environment };
  await main(args, { stdout: stream, stderr: stream, env, onInterrupt: () => nothing });
  assert.notEqual(printed, '', args.join(' '));
  return printed;
}
