/** The commands of docs/upgrades.md, while gateways are made without a pause. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ChangeOutcome } from '../../client/index.ts';
import { CONFIG_WATCH_ID } from '../../gateway/config-watch.ts';
import type { ChildProgram } from '../../local/child.ts';
import { ROOT } from '../../local/folders.ts';
import { programOf } from '../../local/programs.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const run = promisify(execFile);

const NAME = 'gateway-saga';
/** The middle one has code that can't go on with a run of the others, nor they with its. */
const BUILDS = ['0.1.0', '0.2.0', '0.3.0'] as const;
const [FIRST, OTHER_CODE, LAST] = BUILDS;
const PAIRS = 2;
/** So many gateways of a pair are under way at any time, so that it has always one to begin with, and is never idle. */
const LANES = 2;

describe('releases that follow each other while gateways are made', function () {
  this.timeout(240_000);
  let site: Site;
  let page: string;
  const made: { readonly gateway: TestGateway; readonly outcome: ChangeOutcome }[] = [];
  before(async () => {
    site = await openSite(PAIRS);
    page = await readFile(`${ROOT}docs/upgrades.md`, 'utf8');
  });
  after(() => site.close());

  it('break no promise, and leave nothing behind on the release before', async () => {
    const over = new AbortController();
    const lane = async (pair: number): Promise<void> => {
      while (!over.signal.aborted) {
        const gateway = await site.write('vpn_gateway', pair);
        const asked = await site.client.create(gateway);
        made.push({ gateway, outcome: await asked.result() });
      }
    };
    let before = await startVersion(FIRST);
    await setCurrent(FIRST);
    const lanes = Array.from({ length: PAIRS * LANES }, (_, number) => lane(number % PAIRS));
    await untilMade(PAIRS * LANES);
    for (const [index, buildId] of [OTHER_CODE, LAST].entries()) {
      const release = await startVersion(buildId);
      await setCurrent(buildId);
      await untilDrained(BUILDS[index] ?? FIRST);
      assert.deepEqual(await before.stop(), { code: 0, signal: null });
      before = release;
      await untilMade(made.length + PAIRS);
    }
    over.abort();
    await Promise.all(lanes);

    for (const { outcome } of made) assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    for (const { gateway } of made) await site.assertMadeOnce(gateway);
    const pairs = [0, 1].map((pair) => pairIdOf([site.pair(pair)[0].id, site.pair(pair)[1].id]));
    for (const workflowId of [...pairs, CONFIG_WATCH_ID]) {
      const runs = await runsOf(workflowId);
      assert.deepEqual(new Set(runs.map(({ build }) => build)), new Set(BUILDS));
      // The one that runs has the release that is current, and those before it went on as new.
      assert.deepEqual(
        runs
          .map(({ build, status }) => [build === LAST, status])
          .filter(([, status]) => status !== 'CONTINUED_AS_NEW'),
        [[true, 'RUNNING']],
      );
    }
    assert.equal(await shell(lineOf(/IS NULL/)), 'Total: 0');
    assert.match(await shell(lineOf(/ describe /)), new RegExp(`CurrentVersionBuildID +${LAST}\n`));
    // The pairs wait for another change, and the watch has not ended.
    assert.equal(await shell(lineOf(/!= 'config_watch'/)), `Total: ${PAIRS}`);
    await replayable();
  });

  /** Starts a worker beside those that run. It gets no work before its version is current. */
  function startVersion(buildId: string): Promise<ChildProgram> {
    return startWorker(site.stack, {
      name: `worker-${buildId}`,
      watch: true,
      deployment: { name: NAME, buildId },
      becomesCurrent: false,
      ...(buildId === OTHER_CODE && { interceptors: [`${ROOT}test/saga/another-step.ts`] }),
    });
  }

  /** What the page writes for 0.2.0, with another version in its place. */
  async function setCurrent(buildId: string): Promise<void> {
    const line = lineOf(/ set-current-version .*0\.2\.0 /).replace('0.2.0', buildId);
    // The server needs a moment to know the version with all its task queues.
    for (let tries = 0; ; tries += 1) {
      try {
        await shell(line);
        return;
      } catch (error) {
        if (tries === 20) throw error;
        await setTimeout(250);
      }
    }
  }

  function lineOf(wanted: RegExp): string {
    const line = page.split('\n').find((one) => one.startsWith('temporal ') && wanted.test(one));
    assert.ok(line, String(wanted));
    return line;
  }

  /** Types a line into a shell. */
  async function shell(line: string): Promise<string> {
    const env = { ...process.env, ...site.stack.environment };
    const { stdout } = await run('sh', ['-c', line.replace(/^temporal/, await programOf('temporal'))], {
      env,
    });
    return stdout.trim();
  }

  async function untilMade(number: number): Promise<void> {
    while (made.length < number) await replayable();
  }

  async function untilDrained(buildId: string): Promise<void> {
    const line = lineOf(/ count .*:0\.1\.0'/).replace('0.1.0', buildId);
    while ((await shell(line)) !== 'Total: 0') await replayable();
  }

  /** Of all runs, how each stands, and the release that carried it out. */
  async function runsOf(workflowId: string) {
    const runs = [];
    const query = `WorkflowId = '${workflowId}'`;
    for await (const { status, searchAttributes } of site.temporal.workflow.list({ query })) {
      const [version] = searchAttributes['TemporalWorkerDeploymentVersion'] ?? [];
      runs.push({ status: status.name, build: String(version).split(':')[1] });
    }
    return runs;
  }

  /** A moment in which no workflow task has failed because the history was another code's. */
  async function replayable(): Promise<void> {
    await setTimeout(300);
    const logs = await readdir(site.stack.logs);
    for (const log of logs.filter((name) => name.startsWith('worker')))
      assert.doesNotMatch(await readFile(`${site.stack.logs}/${log}`, 'utf8'), /TMPRL1100|nondetermini/i);
  }
});
