import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { startWorker } from '../../local/worker-process.ts';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import { historyOf, STORIES } from '../histories/stories.ts';
import type { Story } from '../histories/stories.ts';
import { installQuietRuntime } from '../world/quiet-runtime.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

interface History {
  readonly events: {
    readonly eventType: string;
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string };
  }[];
}

const stories = Object.keys(STORIES) as Story[];
const WAS: Record<Story, string> = {
  created: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  locked: 'waited for a locked router',
  updated: 'was an update',
  unchanged: 'changed nothing',
  superseded: 'was given up for a newer version',
  superseding: 'took the place of another',
  deleted: 'was a deletion',
};
const ENDS: Record<Story, string> = {
  created: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  failed: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
  cancelled: 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
  locked: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  updated: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  unchanged: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  superseded: 'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
  superseding: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  deleted: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
};
/** A sequential activity takes six, parallel ones share some: what each may grow to, besides the signals of those who ask for it. */
const MAX_EVENTS: Partial<Record<Story, number>> = { created: 70, updated: 60, deleted: 50, unchanged: 25 };

const replay = async (history: History): Promise<void> => {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  const options = { workflowBundle: { codePath: await workflowBundle() } };
  await Worker.runReplayHistory(options, history, workflowId);
};

describe('the workflow', function () {
  this.timeout(60_000);
  before(installQuietRuntime);

  for (const story of stories) {
    it(`replays the recorded history of a change that ${WAS[story]}`, async () => {
      const text = await readFile(new URL(`../histories/${story}.json`, import.meta.url), 'utf8');
      const history = JSON.parse(text) as History;
      assert.equal(history.events.at(-1)?.eventType, ENDS[story]);
      await replay(history);
    });
  }

  it('replays the recorded history of a pair that kept one and reverted others', async () => {
    const text = await readFile(new URL('../histories/pair.json', import.meta.url), 'utf8');
    const settled = [...text.matchAll(/"data": "([^"]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    );
    for (const outcome of [/"kept":\[\{/, /"reverted":\[\{/])
      assert.ok(
        settled.some((words) => outcome.test(words)),
        String(outcome),
      );
    await replay(JSON.parse(text) as History);
  });

  it('would be caught if it did something else than it had done', async () => {
    const text = await readFile(new URL('../histories/created.json', import.meta.url), 'utf8');
    await assert.rejects(
      replay(JSON.parse(text.replaceAll('"recordStack"', '"recordOther"')) as History),
      DeterminismViolationError,
    );
  });

  describe('as it is now', () => {
    let site: Site;
    before(async () => {
      site = await openSite(1);
      await startWorker(site.stack);
    });
    after(() => site.close());

    for (const story of stories) {
      it(`replays a creation that ended as ${story} just now`, async () => {
        const { history, pair } = await historyOf(site, story);
        const fresh = JSON.parse(history) as History;
        const { events } = fresh;
        assert.equal(events.at(-1)?.eventType, ENDS[story]);
        await replay(fresh);
        await replay(JSON.parse(pair) as History);
        const own = events.filter(({ eventType }) => eventType !== 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED');
        assert.ok(own.length <= (MAX_EVENTS[story] ?? Infinity), `it took ${own.length} events`);
      });
    }
  });
});
