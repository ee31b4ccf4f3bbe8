import assert from 'node:assert/strict';
import { BenchUsageError, benchOptions, MEASUREMENTS } from '../../bench/options.ts';
import { fromProc, parsePs, usageOf } from '../../bench/process-usage.ts';
import { differenceRow, plainRow, ratioRow } from '../../bench/row.ts';
import { tableOf } from '../../bench/table.ts';

const VALUES = { measured: [130, 260, 131], baseline: [100, 200, 100] };

describe('a result', () => {
  it('meets a goal for its ratio if the ratio is not above the goal', () => {
    const comparison = { what: 'a', unit: 'ms', baseline: 'b', values: VALUES } as const;
    const row = ratioRow(comparison, 1.3);
    assert.deepEqual(row.against, {
      what: 'b',
      baseline: { median: 100, min: 100, max: 200, runs: 3 },
      ratio: 1.3,
    });
    assert.equal(row.goal?.met, true);
    assert.equal(ratioRow(comparison, 1.29).goal?.met, false);
    assert.equal(ratioRow(comparison).goal, undefined);
  });

  it('meets a goal for its difference if the difference is not above the goal', () => {
    const comparison = { what: 'a', unit: 's', baseline: 'b', values: VALUES } as const;
    assert.equal(differenceRow(comparison, 31).goal?.met, true);
    assert.equal(differenceRow(comparison, 30).goal?.met, false);
  });

  it('without a comparison meets its goal only if every run did', () => {
    assert.equal(plainRow('a', 'events', [52, 52, 70], 70).goal?.met, true);
    assert.equal(plainRow('a', 'events', [52, 52, 71], 70).goal?.met, false);
  });

  it('is one row of a table, with everything that was measured', () => {
    const rows = [
      ratioRow({ what: 'create', unit: 'ms', baseline: 'nothing', values: VALUES }, 1.2),
      plainRow('history', 'events', [52]),
    ];
    assert.equal(
      tableOf(rows),
      [
        '| what    | unit   | median | min–max | runs | against | its median | ratio | goal        | met |',
        '| ------- | ------ | ------ | ------- | ---- | ------- | ---------- | ----- | ----------- | --- |',
        '| create  | ms     | 131    | 130–260 | 3    | nothing | 100        | 1.30  | ratio ≤ 1.2 | no  |',
        '| history | events | 52     |         | 1    |         |            |       |             |     |',
      ].join('\n'),
    );
  });
});

describe('the command line of the benchmarks', () => {
  it('measures everything unless told otherwise', () => {
    assert.deepEqual(benchOptions([]), {
      only: MEASUREMENTS,
      runs: undefined,
      gateways: undefined,
      json: false,
      help: false,
    });
  });

  it('takes measurements, numbers and the JSON form', () => {
    assert.deepEqual(benchOptions(['--only', 'push, create', '--runs', '7', '--gateways', '300', '--json']), {
      only: ['push', 'create'],
      runs: 7,
      gateways: 300,
      json: true,
      help: false,
    });
  });

  const refused: readonly [argv: string[], says: RegExp][] = [
    [
      ['--only', 'pull'],
      /--only: expected some of push, create, pair, many, memory, burst, children, routers, slow, got "pull"/,
    ],
    [['--runs', '0'], /--runs: expected a whole number from 1, got "0"/],
    [['--gateways', '0'], /--gateways: expected a whole number from 1, got "0"/],
    [['--runs', 'many'], /--runs: expected a whole number from 1, got "many"/],
    [['--fast'], /--fast/],
    [['push'], /push/],
  ];
  for (const [argv, says] of refused)
    it(`does not understand ${argv.join(' ')}`, () => {
      assert.throws(
        () => benchOptions(argv),
        (error: unknown) => error instanceof BenchUsageError && says.test(error.message),
      );
    });
});

describe('what a process uses', () => {
  it('is read from /proc, whatever characters its name has', () => {
    const stat = `42 (a ) strange (name) S ${'0 '.repeat(10)}250 50 ${'0 '.repeat(30)}`;
    assert.deepEqual(fromProc(stat, 'Name:\tx\nVmRSS:\t  125000 kB\nThreads:\t9\n'), {
      cpuMs: 3_000,
      residentMb: 128,
    });
  });

  it('is read from ps', () => {
    assert.deepEqual(parsePs(' 125000   0:01.25\n'), { cpuMs: 1_250, residentMb: 128 });
    assert.deepEqual(parsePs('125000 1-02:03:04'), { cpuMs: 93_784_000, residentMb: 128 });
  });

  it('is plausible for the process of this test', async () => {
    const { cpuMs, residentMb } = await usageOf(process.pid);
    const { user, system } = process.cpuUsage();
    assert.ok(Math.abs(cpuMs - (user + system) / 1_000) < 1_500, `${cpuMs} ms`);
    assert.ok(residentMb > 20 && residentMb < 20_000, `${residentMb} MB`);
  });

  it('can not be read for a process that does not exist', async () => {
    await assert.rejects(usageOf(2 ** 22 + 1));
  });
});
