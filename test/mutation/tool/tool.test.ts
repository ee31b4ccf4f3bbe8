import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { ROOT } from '../../../local/folders.ts';
import { READ, SURVIVORS } from './explained.ts';
import { percent, scoresOf } from './score.ts';
import { piecesOf } from './slice.ts';
import type { Piece } from './slice.ts';
import { mergedIntoTests } from './suite-coverage.ts';
import { reasonFor } from './survivors.ts';
import { filesOf, specsFor, targetOf, TARGETS } from './targets.ts';

describe('the list of mutants that no test has to notice', () => {
  it('names lines that are there, and says why', async () => {
    for (const { file, line, why } of SURVIVORS) {
      const lines = (await readFile(`${ROOT}${file}`, 'utf8')).split('\n').map((text) => text.trim());
      assert.ok(lines.includes(line), `${file}: ${line}`);
      assert.ok(why.length > 10, `${file}: ${line}`);
    }
  });

  it('names each once, and files that are mutated', async () => {
    const all = SURVIVORS.map(({ file, line, put }) => JSON.stringify([file, line, put]));
    assert.deepEqual(all, [...new Set(all)]);
    for (const file of [...READ, ...SURVIVORS.map((survivor) => survivor.file)]) {
      assert.ok(targetOf(file), file);
      await stat(`${ROOT}${file}`);
    }
  });

  it('explains a mutant by its line and by what is put there, or by its line alone', () => {
    const all = [
      { file: 'pair/a.ts', line: 'x > 1', put: 'x >= 1', why: 'one' },
      { file: 'pair/a.ts', line: 'y', why: 'all' },
    ];
    const reason = (line: string, replacement: string, file = 'pair/a.ts') =>
      reasonFor({ file, replacement }, line, all);
    assert.equal(reason('  x > 1', 'x >= 1'), 'one');
    assert.equal(reason('x > 1', 'true'), undefined);
    assert.equal(reason('y', 'anything'), 'all');
    assert.equal(reason('y', 'anything', 'pair/b.ts'), undefined);
  });
});

describe('the slice of a day', () => {
  it('begins with other lines than that of another day, and would cover every line of every file', async () => {
    const [one, other]: (readonly Piece[])[] = await Promise.all(['2026-11-29', '2026-11-30'].map(piecesOf));
    assert.ok(one && other);
    assert.notDeepEqual(one.slice(0, 5), other.slice(0, 5));
    assert.deepEqual(await piecesOf('2026-11-29'), one);
    for (const target of TARGETS)
      for (const file of await filesOf(target)) {
        const pieces: Piece['lines'][] = one.filter((piece) => piece.file === file).map(({ lines }) => lines);
        const inOrder = pieces.toSorted(([a], [b]) => a - b);
        const count = (await readFile(`${ROOT}${file}`, 'utf8')).split('\n').length;
        assert.equal(inOrder[0]?.[0], 1);
        assert.equal(inOrder.at(-1)?.[1], count);
        for (const [index, [from]] of inOrder.entries()) assert.equal(from, index * 30 + 1);
      }
  });
});

describe('the specs for a mutated file', () => {
  it('are some, and none that take minutes', async () => {
    for (const target of TARGETS)
      for (const file of await filesOf(target)) {
        const specs = await specsFor(file, target);
        assert.ok(specs.length > 0, file);
        assert.ok(!specs.includes('etcd/cluster.test.ts'), file);
        // Only the property sees some of the pair's decisions go wrong.
        if (target.folder === 'pair') assert.equal(specs.at(-1), 'pair/property.test.ts', file);
      }
  });
});

describe('what a tool has found', () => {
  it('is counted by file: an endless mutant was noticed, one that no test reached was not', () => {
    const fate = (
      file: string,
      status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'RuntimeError',
    ) => ({
      file,
      status,
      start: { line: 1, column: 0 },
      end: { line: 1, column: 1 },
      mutatorName: 'm',
      replacement: '',
      killedBy: undefined,
    });
    const scores = scoresOf([
      fate('b', 'Killed'),
      fate('a', 'Survived'),
      fate('b', 'Timeout'),
      fate('b', 'NoCoverage'),
      fate('b', 'RuntimeError'),
    ]);
    assert.deepEqual(scores, [
      { file: 'a', noticed: 0, all: 1 },
      { file: 'b', noticed: 2, all: 3 },
    ]);
    assert.deepEqual([percent(scores), percent(scores.slice(1)), percent([])], [50, 66.7, 100]);
  });

  it('says that a hook of a suite reaches a mutant for every test of the suite', () => {
    const coverage = { static: {}, perTest: { 's one': { 1: 2 }, 'suite: s': { 1: 1, 7: 1 } } };
    const suites = new Map([['suite: s', ['s one', 's two']]]);
    assert.deepEqual(mergedIntoTests(coverage, suites).perTest, {
      's one': { 1: 3, 7: 1 },
      's two': { 1: 1, 7: 1 },
    });
  });
});
