import assert from 'node:assert/strict';
import { workflowIdOf, type ChangeOutcome, type GatewayFailure } from '../../client/index.ts';
import { outcomeOfVersion } from '../../client/ends.ts';
import type { GatewayResult, VersionEnd } from '../../gateway/plan.ts';
import { made, openScene, type Scene } from './scene.ts';

const ref = { resourceType: 'vpn_gateway', resourceId: '1' };
const at = (version: number) => ({ ...ref, version });
const ENDS: readonly VersionEnd[] = [
  { version: 1, outcome: 'created' },
  {
    version: 2,
    outcome: 'failed',
    error: 'MX-1 refused it',
    type: 'RouterRefused',
    notReverted: 'MX-2: owed',
  },
  { version: 4, outcome: 'superseded', error: 'superseded by version 5', type: 'Superseded', by: 6 },
];

describe('the outcome of the version that was asked for, of a workflow that worked on several', () => {
  const last: ChangeOutcome = { kind: 'updated', gateway: at(6), alreadyEnded: false };
  const failed: ChangeOutcome = {
    kind: 'failed',
    type: 'NotFound',
    message: 'nothing there',
    gateway: null,
    compensation: [],
  };
  const table: readonly [name: string, version: number | undefined, last: ChangeOutcome, ChangeOutcome][] = [
    ['none was asked for: the last one', undefined, last, last],
    ['the last one', 6, last, last],
    ['made', 1, last, { kind: 'created', gateway: at(1), alreadyEnded: false }],
    [
      'failed, with what was not reverted',
      2,
      last,
      {
        kind: 'failed',
        type: 'RouterRefused',
        message: 'MX-1 refused it',
        gateway: at(2),
        compensation: ['MX-2: owed'],
      },
    ],
    [
      'never begun',
      3,
      last,
      {
        kind: 'superseded',
        gateway: at(3),
        by: 6,
        message: 'superseded by version 6',
        compensation: [],
      },
    ],
    [
      'given up',
      4,
      last,
      {
        kind: 'superseded',
        gateway: at(4),
        by: 6,
        message: 'superseded by version 5',
        compensation: [],
      },
    ],
    ['newer than all that was done: not answered', 7, last, last],
    [
      'made, though the last request led to nothing',
      1,
      failed,
      { kind: 'created', gateway: at(1), alreadyEnded: false },
    ],
    ['unknown, and the last request led to nothing', 9, failed, failed],
  ];
  for (const [name, version, end, expected] of table)
    it(name, () => {
      assert.deepEqual(outcomeOfVersion({ ...ref, ...(version && { version }) }, end, ENDS), expected);
    });
});

describe('a run that goes on with a newer version', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  const superseded: readonly VersionEnd[] = [
    { version: 1, outcome: 'superseded', error: 'superseded by version 2', type: 'Superseded', by: 2 },
  ];

  it('tells each who waits how his version ended', async () => {
    const gateway = scene.gateway();
    const [one, creation] = [
      await scene.client.apply({ ...gateway, version: 1 }),
      await scene.client.create({ ...gateway, version: 1 }),
    ];
    await scene.goOn(gateway, 2);
    const two = await scene.client.update({ ...gateway, version: 2 });
    const end = made({ ...gateway, version: 2 }, 'updated');
    assert.equal(end.kind, 'made');
    const result: GatewayResult = { ...(end.kind === 'made' ? end.result : assert.fail()), ends: superseded };
    const watched: string[] = [];
    const watching = (async () => {
      for await (const { outcome, error } of one.watch())
        watched.push([outcome, error].filter(Boolean).join(': '));
    })();
    await scene.end(gateway, { kind: 'made', result });
    assert.deepEqual(await one.result(), {
      kind: 'superseded',
      gateway: { ...gateway, version: 1 },
      by: 2,
      message: 'superseded by version 2',
      compensation: [],
    });
    const old = await creation.result();
    assert.ok(old.kind === 'failed' && old.type === 'Superseded', JSON.stringify(old));
    assert.equal((await two.result()).kind, 'updated');
    await watching;
    assert.equal(watched.at(-1), 'superseded: superseded by version 2');
  });

  it('tells it as well if the newer version fails', async () => {
    const gateway = scene.gateway();
    const one = await scene.client.apply({ ...gateway, version: 1 });
    const two = await scene.client.apply({ ...gateway, version: 2 });
    const failure: GatewayFailure = {
      type: 'NotConverged',
      gateway: { ...gateway, version: 2 },
      message: 'MX-1: INIT',
      compensation: [],
      ends: superseded,
    };
    await scene.end(gateway, {
      kind: 'failed',
      type: failure.type,
      message: failure.message,
      details: [failure],
    });
    assert.equal((await one.result()).kind, 'superseded');
    const outcome = await two.result();
    assert.ok(outcome.kind === 'failed' && outcome.type === 'NotConverged', JSON.stringify(outcome));
  });

  it('is still the one that is asked how far it is, and cancelled, by who started it and by who joined it later', async () => {
    for (const joins of [false, true]) {
      const gateway = scene.gateway();
      const first = await scene.client.apply({ ...gateway, version: 1 });
      await scene.goOn(gateway, 2);
      const run = joins ? await scene.client.apply({ ...gateway, version: 2 }) : first;
      assert.equal((await run.progress())?.gateway.version, 2);
      assert.deepEqual(await run.cancel(), { isTaken: true, isRepeated: false });
      assert.equal((await run.result()).kind, 'cancelled');
      assert.deepEqual(await run.cancel(), { isTaken: false, isRepeated: true });
    }
  });

  it('is not cancelled by who waits for a run that had ended before', async () => {
    const gateway = scene.gateway();
    const before = await scene.client.apply(gateway);
    await scene.end(gateway, made(gateway, 'created'));
    await before.result();
    const now = await scene.client.apply({ ...gateway, version: 2 });
    await before.cancel();
    await scene.end(gateway, made({ ...gateway, version: 2 }, 'updated'));
    assert.equal((await now.result()).kind, 'updated');
  });

  it('has failed for who asked for a newer version again and again, and was told of an older one only', async () => {
    const gateway = scene.gateway();
    const handle = scene.temporal.workflow.getHandle(workflowIdOf(gateway));
    const run = await scene.client.create({ ...gateway, version: 2 });
    const result = run.result();
    let last = '';
    for (let time = 0; time < 4; time += 1) {
      let now = await handle.describe();
      while (now.runId === last || now.status.name !== 'RUNNING') now = await handle.describe();
      last = now.runId;
      await scene.end(gateway, made(gateway, 'created'));
    }
    const outcome = await result;
    assert.ok(outcome.kind === 'failed' && outcome.type === 'Internal', JSON.stringify(outcome));
    assert.match(
      outcome.message,
      /^version 2 was asked for 4 times, .* the last time version 1 \(created\)$/,
    );
  });
});
