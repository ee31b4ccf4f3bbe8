import assert from 'node:assert/strict';
import { stat, readFile } from 'node:fs/promises';
import { StaleMutationError, mutated } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';

const root = (path: string) => new URL(`../../${path}`, import.meta.url);
const RULES = [
  ...Array.from({ length: 12 }, (_, n) => `T${n + 1}`),
  ...Array.from({ length: 5 }, (_, n) => `M${n + 1}`),
];

describe('the list of mutations', () => {
  it('has a mutation for every rule of the pair transaction', () => {
    const kinds = MUTATIONS.map(({ kind }) => kind);
    assert.deepEqual(
      RULES.filter((rule) => !kinds.includes(rule)),
      [],
    );
  });

  it('names each once', () => {
    const names = MUTATIONS.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.length >= 80);
  });

  for (const mutation of MUTATIONS) {
    it(`can be made: ${mutation.name}`, async () => {
      const source = await readFile(root(mutation.file), 'utf8');
      assert.notEqual(mutated(mutation, source), source);
      assert.ok(mutation.specs.length > 0, 'there are specs that should fail by it');
      for (const spec of mutation.specs) await stat(root(spec));
    });
  }

  it('refuses a mutation whose text is not there, or is there twice', () => {
    const mutation = { name: 'm', kind: 'k', file: 'f', find: 'a', put: 'c', specs: [] };
    assert.throws(() => mutated(mutation, 'x'), StaleMutationError);
    assert.throws(() => mutated(mutation, 'a a'), /expected its text in f exactly once, found it 2 times/);
  });
});
