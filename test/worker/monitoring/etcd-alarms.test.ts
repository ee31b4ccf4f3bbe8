import assert from 'node:assert/strict';
import { EtcdAlarms } from '../../../worker/monitoring/etcd-alarms.ts';
import { RecordingMeter } from './recording-meter.ts';

describe('the alarms of etcd', () => {
  let meter: RecordingMeter;
  let over: AbortController;
  let ended: Promise<void> | undefined;
  let asked: number;
  let answer: () => readonly string[];
  let alarms: EtcdAlarms;
  beforeEach(() => {
    meter = new RecordingMeter();
    over = new AbortController();
    ended = undefined;
    asked = 0;
    const store = {
      alarms: async () => {
        asked += 1;
        return answer();
      },
    };
    alarms = new EtcdAlarms({ meter, store, pauseMs: 5 });
  });
  afterEach(async () => {
    over.abort();
    await ended;
  });
  /** Lets it read this until it has told it. */
  const told = async (next: () => readonly string[]) => {
    answer = next;
    ended ??= alarms.run(over.signal);
    const enough = asked + 2;
    for (;;) {
      if (asked >= enough) return [meter.gauges.get('etcdAlarm'), alarms.cause];
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const away = () => {
    throw new Error('etcd did not answer');
  };
  const rows = (...values: readonly number[]) =>
    ['NOSPACE', 'CORRUPT', 'other'].map((alarm, index) => [{ alarm }, values[index]]);
  const because = (names: string) => `etcd takes no writes: it has the alarm ${names}`;

  it('are told until there are none; what is not known is not told', async () => {
    assert.deepEqual(await told(away), [undefined, undefined]);
    assert.deepEqual(await told(() => ['NOSPACE']), [rows(1, 0, 0), because('NOSPACE')]);
    const several = [rows(0, 1, 1), because('CORRUPT')];
    assert.deepEqual(await told(() => ['CORRUPT', 'FLOOD', 'FLOOD']), several);
    assert.deepEqual(await told(away), several);
    assert.deepEqual(await told(() => ['CORRUPT', 'NOSPACE']), [rows(1, 1, 0), because('NOSPACE, CORRUPT')]);
    assert.deepEqual(await told(() => []), [rows(0, 0, 0), undefined]);
  });

  it('are no cause where nobody knows whether etcd takes writes', async () => {
    assert.deepEqual(await told(() => ['FLOOD']), [rows(0, 0, 1), undefined]);
  });
});
