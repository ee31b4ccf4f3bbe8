/** The `gateway-saga` command with the times of `watch-times.ts`. What it tells in metrics is looked at every second. */
import './watch-times.ts';
import { PROBE_TIMES } from '../../worker/monitoring/probe.ts';
import { METRICS_TIMES } from '../../worker/settings.ts';

Object.assign(PROBE_TIMES, { pauseMs: 1_000, answerMs: 2_000 });
Object.assign(METRICS_TIMES, { collectMs: 1_000, showMs: 1_000 });
await import('../../command/main.ts');
