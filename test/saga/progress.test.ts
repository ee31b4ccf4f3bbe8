import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../client/index.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';

/** What Temporal itself answers of a workflow: its handlers, and the details that it shows now. */
interface Metadata {
  readonly currentDetails: string;
  readonly definition: {
    readonly queryDefinitions: readonly { readonly name: string; readonly description: string }[];
  };
}

describe('the progress of a creation', function () {
  this.timeout(30_000);
  const holds = new Holds();
  let world: World;
  let gateway: TestGateway;
  let during: Progress;
  let after_: Progress;
  let detailsDuring: string;
  before(async () => {
    world = await openWorld({ wrap: holds.wrap });
    gateway = world.gateway('vpn_gateway');
    await world.write(gateway);
    const hold = holds.at(gateway, 'recordStack', 'before');
    const run = await world.client.create(gateway);
    await hold.reached;
    during = await progressAfterPolls();
    detailsDuring = (await metadata()).currentDetails;
    hold.release();
    assert.equal((await run.result()).kind, 'created');
    after_ = await progress();
  });
  after(async () => {
    await world.close();
  });
  const handle = () => world.temporal.workflow.getHandle(`vpn_gateway:${gateway.resourceId}`);
  const progress = () => handle().query<Progress>('progress');
  /** The progress once both polls are done. Recording runs at the same time, and is halted. */
  const progressAfterPolls = async () => {
    for (;;) {
      const seen = await progress();
      const polls = seen.steps.filter(({ step }) => step.startsWith('poll '));
      if (polls.length === 2 && polls.every(({ status }) => status === 'done')) return seen;
      await sleep(50);
    }
  };
  const metadata = () => handle().query<Metadata>('__temporal_workflow_metadata');
  const shape = ({ steps }: Progress) => steps.map(({ step, status }) => `${step}: ${status}`);

  it('tells each step, and what it waits for', () => {
    assert.deepEqual(shape(during), [
      'plan: done',
      'register: done',
      'apply: done',
      'record: running',
      'poll primary: done',
      'poll secondary: done',
    ]);
    assert.equal(during.outcome, 'running');
    assert.equal(during.name, gateway.gateway.body['name']);
    assert.equal(during.steps.find(({ step }) => step === 'record')?.waitingFor, 'etcd');
  });

  it('tells the end, with times that follow each other', () => {
    assert.deepEqual(shape(after_), [
      'plan: done',
      'register: done',
      'apply: done',
      'record: done',
      'poll primary: done',
      'poll secondary: done',
      'confirm: done',
      'publish: done',
    ]);
    assert.equal(after_.outcome, 'created');
    assert.deepEqual(after_.gateway, {
      resourceType: 'vpn_gateway',
      resourceId: gateway.resourceId,
      version: 1,
    });
    assert.deepEqual(
      after_.steps.map(({ note }) => note),
      ['etcd', 'etcd', 'MX-1, MX-2', 'etcd', 'MASTER', 'BACKUP', 'MX-1, MX-2', 'etcd'],
    );
    for (const { since, until = '' } of after_.steps) assert.ok(since <= until, `${since} to ${until}`);
    const begun = after_.steps.map(({ since }) => since);
    assert.deepEqual(begun, [...begun].sort());
  });

  it('is a table in the Web UI, during and after', async () => {
    assert.match(detailsDuring, /^\*\*.+\*\* version 1: \*\*running\*\*\n\n\| step \|.*\n\| --- \|/);
    assert.match(detailsDuring, /\| apply \| done \|/);
    assert.match(
      detailsDuring,
      /\| record \| running \| etcd \| \d\d:\d\d:\d\d \| {2}\|\n\| poll primary \| done \|/,
    );
    assert.match(
      detailsDuring,
      /\| poll secondary \| done \| BACKUP \| \d\d:\d\d:\d\d \| \d+ ms \|\n\nPair MX-1, MX-2: workflow `router_pair:[^`]+`\n\nMASTER expected within 0\.1 s of the commit, 2 s at most; a look every 0\.05 s$/,
    );
    const { currentDetails } = await metadata();
    assert.match(currentDetails, /version 1: \*\*created\*\*/);
    assert.match(currentDetails, /\| poll secondary \| done \| BACKUP \| [\d:.]+ \| \d+ ms \|/);
  });

  it('says in its table why a creation failed', async () => {
    const failing = world.gateway('vpn_gateway', 1);
    world.pairOf(failing).primary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'check',
      outcome: { kind: 'fail-check', message: 'not today' },
    });
    const outcome = await world.create(failing);
    assert.ok(outcome.kind === 'failed');
    const query = world.temporal.workflow.getHandle(`vpn_gateway:${failing.resourceId}`);
    const { steps, ...head } = await query.query<Progress>('progress');
    assert.deepEqual(
      steps.map(({ step, status }) => `${step}: ${status}`),
      ['plan: done', 'register: done', 'apply: failed', 'revert: done', 'publish failure: done'],
    );
    assert.equal(head.outcome, 'failed');
    assert.equal(head.error, outcome.message);
    const { currentDetails } = await query.query<Metadata>('__temporal_workflow_metadata');
    assert.match(currentDetails, /: \*\*failed\*\* – .*not today/);
  });

  it('describes its query', async () => {
    const { definition } = await metadata();
    const query = definition.queryDefinitions.find(({ name }) => name === 'progress');
    assert.equal(query?.description, 'How far the saga is, and what it waits for');
  });

  it('has a summary and details from the start', async () => {
    const description = await handle().describe();
    assert.equal(await description.staticSummary(), `create vpn_gateway ${gateway.resourceId}`);
    assert.match(
      (await description.staticDetails()) ?? '',
      /on both edge routers of its pair, or on neither/,
    );
  });

  it('has a summary on every activity', async () => {
    const { events } = await handle().fetchHistory();
    const bars = (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) => {
        if (!scheduled) return [];
        const summary = Buffer.from(userMetadata?.summary?.data ?? []).toString();
        return [`${scheduled.activityType?.name}: ${summary}`];
      },
    );
    const names = world.routers.map(({ name }) => name);
    const [primary, secondary] = gateway.neighbours.flatMap(({ type, body }) =>
      type === 'edge_router' ? [String(body['name'])] : [],
    );
    assert.ok(primary && secondary, names.join());
    assert.equal(bars.length, 8);
    for (const bar of bars) assert.match(bar, /^\w+: "\S.*"$/);
    assert.ok(
      bars.some((bar) => /^requestApply: "to \S+, \S+"$/.test(bar)),
      bars.join(),
    );
    assert.ok(
      bars.some((bar) => /^poll: "secondary \S+"$/.test(bar)),
      bars.join(),
    );
  });
});
