/** All activities. Workflows import only their type. */
import type { Dependencies } from './dependencies.ts';
import { readingConfigVersion } from './saga/config-version.ts';
import { planning } from './saga/plan.ts';
import { polling } from './saga/poll.ts';
import { answer } from './requests/answer.ts';
import { requestingApply, requestingConfirm, requestingRevert } from './requests/request.ts';
import { UnansweredRequests } from './requests/unanswered.ts';
import { beginningMaintenance, endingMaintenance } from './requests/maintenance.ts';
import { publishingOnBehalf, publishingUnpublished } from './requests/publish-on-behalf.ts';
import { applying, awaitingRouters, settling } from './pair/apply-or-wait.ts';
import { lookingAtOwedChanges, paying } from './pair/pay-without-request.ts';
import { endingReservation, reserving } from './pair/reservation.ts';
import { publishingNothing } from './saga/publish-nothing.ts';
import { markingReverted, publishingCompleted, publishingFailed, publishingKept } from './saga/publish.ts';
import { publishingUnchanged } from './saga/publish-unchanged.ts';
import { recordingStack } from './saga/record.ts';
import { wakingWaiters } from './wake-waiters.ts';
import { awaitingOwedDeletion, owingDeletion } from './saga/owed-deletion.ts';
import { registering, restoringRecords } from './saga/register.ts';

/** Each property is an activity, registered under the property's name. */
export function createActivities(deps: Dependencies) {
  const unanswered = new UnansweredRequests(deps.store);
  return {
    plan: planning(deps),
    configVersion: readingConfigVersion(deps),
    register: registering(deps),
    restoreRecords: restoringRecords(deps),
    requestApply: requestingApply(deps, unanswered),
    requestConfirm: requestingConfirm(deps, unanswered),
    requestRevert: requestingRevert(deps, unanswered),
    markReverted: markingReverted(deps),
    recordStack: recordingStack(deps),
    oweDeletion: owingDeletion(deps),
    awaitOwedDeletion: awaitingOwedDeletion(deps),
    poll: polling(deps),
    publishCompleted: publishingCompleted(deps),
    publishUnchanged: publishingUnchanged(deps),
    publishFailed: publishingFailed(deps),
    publishKept: publishingKept(deps),
    publishNothing: publishingNothing(deps),
    reserve: reserving(deps),
    apply: applying(deps),
    awaitRouters: awaitingRouters(deps),
    settle: settling(deps),
    lookAtOwedChanges: lookingAtOwedChanges(deps),
    pay: paying(deps),
    endReservation: endingReservation(deps),
    answer,
    publishOnBehalf: publishingOnBehalf(deps),
    publishUnpublished: publishingUnpublished(deps),
    wakeWaiters: wakingWaiters(deps),
    beginMaintenance: beginningMaintenance(deps),
    endMaintenance: endingMaintenance(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
