import assert from 'node:assert/strict';
import { stat, readFile } from 'node:fs/promises';
import { StaleBugError, planted } from './bug.ts';
import { BUGS } from './bugs.ts';

const root = (path: string) => new URL(`../../${path}`, import.meta.url);
const RULES = [
  ...Array.from({ length: 12 }, (_, n) => `T${n + 1}`),
  ...Array.from({ length: 5 }, (_, n) => `M${n + 1}`),
];

describe('the list of planted bugs', () => {
  it('has a bug for every rule of the pair transaction', () => {
    const kinds = BUGS.map(({ kind }) => kind);
    assert.deepEqual(
      RULES.filter((rule) => !kinds.includes(rule)),
      [],
    );
  });

  it('names each once', () => {
    const names = BUGS.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.length >= 30);
  });

  for (const bug of BUGS) {
    it(`can plant: ${bug.name}`, async () => {
      const source = await readFile(root(bug.file), 'utf8');
      assert.notEqual(planted(bug, source), source);
      assert.ok(bug.specs.length > 0, 'there are specs that should fail by it');
      for (const spec of bug.specs) await stat(root(spec));
    });
  }

  it('refuses a bug whose text is not there, or is there twice', () => {
    const bug = { name: 'b', kind: 'k', file: 'f', find: 'a', put: 'c', specs: [] };
    assert.throws(() => planted(bug, 'x'), StaleBugError);
    assert.throws(() => planted(bug, 'a a'), /expected its text in f exactly once, found it 2 times/);
  });
});
