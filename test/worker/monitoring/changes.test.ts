import assert from 'node:assert/strict';
import type { ChangeEnd, StepEnd } from '../../../gateway/change-end.ts';
import { countingChanges } from '../../../worker/monitoring/changes.ts';
import { RecordingMeter } from './recording-meter.ts';

const END: ChangeEnd = {
  resourceType: 'vpn_gateway',
  resourceId: '1',
  name: 'one',
  version: 1,
  action: 'create',
  pair: ['a', 'b'],
  pairNames: ['MX-1', 'MX-2'],
  seconds: 12.5,
  outcome: 'complete',
};
const STEPS: readonly StepEnd[] = [
  { step: 'plan', outcome: 'done', since: 0, seconds: 0.5 },
  { step: 'apply', outcome: 'failed', since: 500, seconds: 3 },
];

describe('the metrics of changes', () => {
  let meter: RecordingMeter;
  let ended: ReturnType<typeof countingChanges>;
  beforeEach(() => {
    meter = new RecordingMeter();
    ended = countingChanges(meter, ['vpn_gateway']);
  });
  const counted = () =>
    meter.recorded.filter(([metric]) => metric === 'changesEnded').map(([, , labels]) => labels);

  it('count each end, with its time and that of each step', () => {
    ended(END, STEPS);
    assert.deepEqual(meter.recorded, [
      ['changesEnded', 1, { action: 'create', kind: 'vpn_gateway', outcome: 'complete', failure_type: '' }],
      ['changeDuration', 12.5, { action: 'create', outcome: 'complete' }],
      ['stepDuration', 0.5, { step: 'plan', outcome: 'done' }],
      ['stepDuration', 3, { step: 'apply', outcome: 'failed' }],
    ]);
  });

  it('have the type of a failure, and no time of a change that was made before', () => {
    ended({ ...END, outcome: 'failed', failureType: 'Conflict' }, []);
    ended({ ...END, alreadyEnded: true }, STEPS);
    assert.deepEqual(counted(), [
      { action: 'create', kind: 'vpn_gateway', outcome: 'failed', failure_type: 'Conflict' },
      { action: 'create', kind: 'vpn_gateway', outcome: 'complete', failure_type: '' },
    ]);
    assert.equal(meter.recorded.length, 3);
  });

  it('add no series for what somebody has typed', () => {
    for (let number = 0; number < 1_000; number += 1)
      ended(
        {
          ...END,
          resourceType: `made-up-${number}`,
          action: null,
          outcome: 'refused',
          failureType: 'NotFound',
        },
        [],
      );
    for (let number = 0; number < 1_000; number += 1)
      ended({ ...END, resourceType: `published-${number}` }, []);
    const kinds = new Set(counted().map((labels) => (labels as { kind: string }).kind));
    assert.equal(kinds.size, 64);
    assert.ok(kinds.has('other') && kinds.has('published-0') && !kinds.has('made-up-0'));
  });
});
