/** The activities as the saga calls them: each sort with its time-outs, none abandoned while it may still act. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';
import type { Activities } from '../activities/index.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

export const store = proxyActivities<Activities>({ ...ACTIVITY_TIMES.store, cancellationType });
export const routers = proxyActivities<Activities>({ ...ACTIVITY_TIMES.routers, cancellationType });
export const polls = proxyActivities<Activities>({ ...ACTIVITY_TIMES.poll, cancellationType });
