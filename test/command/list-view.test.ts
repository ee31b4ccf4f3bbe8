import assert from 'node:assert/strict';
import type { Row } from '../../command/list-rows.ts';
import { ago, listLines } from '../../command/list-view.ts';
import { FAILURES } from '../../gateway/failures.ts';

const NOW = Date.parse('2026-05-04T12:00:00Z');
const row = (fields: Partial<Row>): Row => ({
  type: 'vpn_gateway',
  id: '4fab887d-8f73-40e6-b2d8-2426255231bf',
  name: 'sample-vpn-gateway',
  version: 1,
  wanted: null,
  action: 'create',
  outcome: 'created',
  failureType: null,
  since: '2026-05-04T09:00:00.000Z',
  error: null,
  routers: ['a', 'b'],
  ...fields,
});
const textOf = (rows: readonly Row[], columns?: number) =>
  listLines(rows, { now: NOW, columns }).map((line) => line.map(([, text]) => text).join(''));

describe('the lines of a list', () => {
  it('have a column for failures only where there are some', () => {
    assert.deepEqual(textOf([row({})], 80), [
      'KIND         NAME                VER  ACTION  OUTCOME  SINCE',
      'vpn_gateway  sample-vpn-gateway  1    create  created  3h',
    ]);
    assert.match(textOf([row({ outcome: 'failed', failureType: 'NotConverged' })])[0] ?? '', /FAILURE/);
  });

  for (const failureType of Object.values(FAILURES))
    it(`are at most 80 wide, and show the whole name and ${failureType}`, () => {
      const name = 'n'.repeat(48);
      const failed = row({
        type: 'common_function_gateway',
        name,
        version: 12_345,
        action: 'update',
        outcome: 'cancelled',
        failureType,
      });
      const lines = textOf([failed], 80);
      for (const line of lines) assert.ok(line.length <= 80, line);
      for (const word of ['common_function_gateway', name, '12345', 'update', 'cancelled', failureType, '3h'])
        assert.ok(lines.join(' ').includes(word), word);
    });

  it('obey no control characters of a name', () => {
    assert.ok(
      !textOf([row({ name: 'a\u001b[31mb' })])
        .join('')
        .includes('\u001b'),
    );
  });

  it('say short how long ago it was', () => {
    const times = [-5, 0, 119, 120, 7_199, 7_200, 47 * 3_600, 48 * 3_600, 90 * 86_400];
    assert.deepEqual(
      times.map((seconds) => ago(seconds * 1_000)),
      ['0s', '0s', '119s', '2m', '119m', '2h', '47h', '2d', '90d'],
    );
  });
});
