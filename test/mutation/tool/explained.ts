/** The mutants that no test has to notice, folder by folder. */
import { ACTIVITIES } from './explained/activities.ts';
import { ETCD } from './explained/etcd.ts';
import { GATEWAY } from './explained/gateway.ts';
import { PAIR } from './explained/pair.ts';
import type { Survivor } from './survivors.ts';

/** Files of which somebody has read every survivor. A survivor there that is not explained is a failure. */
export const READ: readonly string[] = [
  'activities/pair/apply-outcome.ts',
  'activities/pair/carry-out.ts',
  'activities/pair/conflicts.ts',
  'activities/pair/members.ts',
  'activities/pair/others-before.ts',
  'activities/pair/pay-owed-changes.ts',
  'activities/pair/pay-without-request.ts',
  'activities/pair/prepare.ts',
  'activities/pair/read-family.ts',
  'activities/pair/recognize.ts',
  'activities/pair/record.ts',
  'activities/pair/reservation.ts',
  'activities/pair/settle-plan.ts',
  'activities/pair/vrrp-time.ts',
  'activities/pair/wake-paid.ts',
  'etcd/free-claims.ts',
  'etcd/keys.ts',
  'etcd/owed-changes.ts',
  'etcd/reservations.ts',
  'gateway/change.ts',
  'gateway/failure-form.ts',
  'gateway/field-types.ts',
  'gateway/json-strings.ts',
  'gateway/messages.ts',
  'gateway/outcomes.ts',
  'gateway/policies.ts',
  'gateway/records.ts',
  'gateway/request.ts',
  'gateway/resolve.ts',
  'gateway/resource.ts',
  'gateway/validate.ts',
  'gateway/walk.ts',
  'pair/batch.ts',
  'pair/decide.ts',
  'pair/members.ts',
  'pair/outcomes.ts',
  'pair/state.ts',
];

export const SURVIVORS: readonly Survivor[] = [...PAIR, ...GATEWAY, ...ETCD, ...ACTIVITIES];
