import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { LogMetadata } from '@temporalio/common';
import { LogTimestamp } from '@temporalio/worker/lib/logger.js';
import { FAILURES } from '../../../gateway/failures.ts';
import type { LogLevel } from '../../../worker/log/line.ts';
import { loggingOptions } from '../../../worker/log/logger.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger whose lines are kept. */
function open(level: LogLevel = 'info') {
  const lines: Line[] = [];
  const { logger, logging } = loggingOptions({ format: 'json', level }, (line) =>
    lines.push(JSON.parse(line) as Line),
  );
  return { logger, logging, lines };
}

const failure = (type: string) => ({
  error: ApplicationFailure.create({ type, message: 'MX-1: no', cause: new TypeError('the root') }),
  activityType: 'apply',
});

describe('the log of a worker', () => {
  for (const [level, shown] of [
    ['error', ['ERROR']],
    ['warn', ['WARN', 'ERROR']],
    ['info', ['INFO', 'WARN', 'ERROR']],
    ['debug', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ] as const)
    it(`shows at the level ${level} what is as important, or more`, () => {
      const { logger, lines } = open(level);
      for (const method of ['trace', 'debug', 'info', 'warn', 'error'] as const)
        logger[method]('it happened');
      assert.deepEqual(
        lines.map((line) => line.level),
        shown,
      );
    });

  it('says nothing above debug of an activity that failed as activities may, and shows no stack', () => {
    for (const type of Object.values(FAILURES)) {
      if (type === FAILURES.Internal || type === FAILURES.StoreUnavailable) continue;
      const { logger, lines } = open('debug');
      logger.warn('Activity failed', failure(type));
      assert.deepEqual(lines, [
        {
          time: (lines[0] as unknown as { time: string }).time,
          level: 'DEBUG',
          message: 'Activity failed',
          fields: { activityType: 'apply', error: 'MX-1: no', 'error.type': type },
        },
      ]);
    }
  });

  for (const error of [failure(FAILURES.Internal).error, new TypeError('the root')])
    it(`warns of an activity that failed by a ${error.name} of no known kind, with the stack`, () => {
      const { logger, lines } = open();
      logger.warn('Activity failed', { error });
      const [line] = lines;
      assert.equal(line?.level, 'WARN');
      assert.match(String(line?.fields['error.stack']), /TypeError: the root\n {4}at .*logger\.test/);
    });

  it('warns once in ten seconds that etcd does not answer, and how often it did not tell', () => {
    const { logger, lines } = open();
    const at = (seconds: number): LogMetadata => ({
      ...failure(FAILURES.StoreUnavailable),
      [LogTimestamp]: BigInt(seconds) * 1_000_000_000n,
    });
    for (const seconds of [100, 101, 105, 110, 119, 120]) logger.warn('Activity failed', at(seconds));
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields['error.type'], fields['again'] ?? 0]),
      [
        ['WARN', 'StoreUnavailable', 0],
        ['WARN', 'StoreUnavailable', 2],
        ['WARN', 'StoreUnavailable', 1],
      ],
    );
  });

  it('leaves the failure of a change to the line of its end, and tells that of a pair', () => {
    const { logger, lines } = open();
    for (const workflowType of [
      'createGateway',
      'updateGateway',
      'deleteGateway',
      'applyGateway',
      'routerPair',
    ])
      logger.warn('Workflow failed', { workflowType, error: new Error('no') });
    assert.deepEqual(
      lines.map(({ fields }) => [fields['workflowType'], typeof fields['error.stack']]),
      [['routerPair', 'string']],
    );
  });

  it('flattens what the native core says, and leaves out what says nothing', () => {
    const { logger, logging, lines } = open();
    assert.deepEqual(logging.forward, {});
    logger.warn('retrying', {
      sdkComponent: 'core',
      spanContexts: [],
      options: { retry: { interval: 5n, deep: { deeper: { deepest: 1 } } }, 'odd key': null },
      bytes: new Uint8Array(3),
      list: ['a', 1],
      taskToken: 'CiQw',
    });
    assert.deepEqual(lines[0]?.fields, {
      sdkComponent: 'core',
      'options.retry.interval': '5',
      'options.retry.deep': '{"deeper":{"deepest":1}}',
      bytes: '3 bytes',
      list: 'a, 1',
    });
  });
});
