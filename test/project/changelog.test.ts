import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ROOT } from '../../local/folders.ts';

/** In the order in which Keep a Changelog names them. */
const HEADINGS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

describe('the changelog', () => {
  it('has each heading of a release once, and in its order', async () => {
    const [, ...releases] = (await readFile(`${ROOT}CHANGELOG.md`, 'utf8')).split(/^## /m);
    assert.ok(releases.length > 0);
    for (const release of releases) {
      const headings = Array.from(release.matchAll(/^### (.*)$/gm), ([, heading]) => heading);
      assert.deepEqual(
        headings,
        HEADINGS.filter((one) => headings.includes(one)),
        release.split('\n')[0],
      );
    }
  });
});
