/**
 * Records the histories that the replay test guards determinism with, those of the package's version:
 *
 *   npm run histories:record
 *
 * To be done once for each release. Those of a release that is out are never recorded anew: a history that no longer replays is a saga that would be
 * stuck. What a history holds is not touched, but for the names of the machine and its folders.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { ROOT } from '../../local/folders.ts';
import { startWorker } from '../../local/worker-process.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { openSite } from '../saga/site.ts';
import { historyOf, STORIES } from './stories.ts';
import type { Story } from './stories.ts';
import { upgradeHistories } from './upgrade-story.ts';

const FOLDER = new URL(`${packageJson.version}/`, import.meta.url);

const write = (name: string, history: string) =>
  writeFile(
    new URL(`${name}.json`, FOLDER),
    history.replaceAll(ROOT, '').replaceAll(hostname(), 'host'),
  );

await mkdir(FOLDER, { recursive: true });
for (const [name, history] of Object.entries(await upgradeHistories())) {
  await write(name, history);
  process.stdout.write(`${name}\n`);
}
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
