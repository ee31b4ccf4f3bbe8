/**
 * Records the histories that the replay test guards determinism with:
 *
 *   node --import tsx test/histories/record.ts
 *
 * To be done anew when the workflow was changed on purpose in a way that running sagas can't follow, and only then: a history that
 * no longer replays is a saga that would be stuck. What a history holds is not touched, but for the names of the machine and its folders.
 */
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { ROOT } from '../../local/folders.ts';
import { startWorker } from '../../local/worker-process.ts';
import { openSite } from '../saga/site.ts';
import { historyOf, STORIES } from './stories.ts';
import type { Story } from './stories.ts';

const write = (name: string, history: string) =>
  writeFile(
    new URL(`${name}.json`, import.meta.url),
    history.replaceAll(ROOT, '').replaceAll(hostname(), 'host'),
  );

const site = await openSite(1);
try {
  await startWorker(site.stack);
  for (const story of Object.keys(STORIES) as Story[]) {
    const { workflowId, history, pair } = await historyOf(site, story);
    await write(story, history);
    // The last one holds the pair's work for all of them.
    await write('pair', pair);
    process.stdout.write(`${story}: ${workflowId}\n`);
  }
} finally {
  await site.close();
}
