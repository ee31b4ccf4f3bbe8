import assert from 'node:assert/strict';
import { startWorker } from '../../local/worker-process.ts';
import { assertReplays, ENDS, replay } from '../histories/replay.ts';
import type { History } from '../histories/replay.ts';
import { historyOf, STORIES } from '../histories/stories.ts';
import type { Story } from '../histories/stories.ts';
import { installQuietRuntime } from '../world/quiet-runtime.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const stories = Object.keys(STORIES) as Story[];
/** A sequential activity takes six, parallel ones share some: what each may grow to, besides the signals of those who ask for it. */
const MAX_EVENTS: Partial<Record<Story, number>> = { created: 70, updated: 60, deleted: 50, unchanged: 25 };

describe('the workflow as it is now', function () {
  this.timeout(180_000);
  before(installQuietRuntime);

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
      for (const one of await replay(fresh, JSON.parse(pair) as History)) assertReplays(one);
      const own = events.filter(({ eventType }) => eventType !== 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED');
      assert.ok(own.length <= (MAX_EVENTS[story] ?? Infinity), `it took ${own.length} events`);
    });
  }
});
