/** What the saga can do. Workflows see only the type. */
import type { Dependencies } from './dependencies.ts';
import { planning } from './saga/plan.ts';
import { polling } from './saga/poll.ts';
import { answer } from './requests/reply.ts';
import { asking, askingDrop, askingPush } from './requests/request.ts';
import { AskWatch } from './requests/unanswered.ts';
import { holding, releasing } from './requests/maintenance.ts';
import { publishingFor } from './requests/publish-on-behalf.ts';
import { publishingUntold } from './requests/publish-missing.ts';
import { applying, awaitingRouters, settling } from './pair/transactions.ts';
import { releasingTurn, takingTurn } from './pair/reservation.ts';
import { forgetting, publishingCreated, publishingFailed } from './saga/publish.ts';
import { recordingMonitoring, recordingStack } from './saga/record.ts';
import { registering } from './saga/register.ts';

/** Each property is an activity under its name. */
export function createActivities(deps: Dependencies) {
  const watch = new AskWatch();
  return {
    plan: planning(deps),
    register: registering(deps),
    push: askingPush(deps, watch),
    keep: asking(watch),
    drop: askingDrop(deps, watch),
    forget: forgetting(deps),
    recordStack: recordingStack(deps),
    poll: polling(deps),
    recordMonitoring: recordingMonitoring(deps),
    publishCreated: publishingCreated(deps),
    publishFailed: publishingFailed(deps),
    takeTurn: takingTurn(deps),
    apply: applying(deps),
    awaitRouters: awaitingRouters(deps),
    settle: settling(deps),
    releaseTurn: releasingTurn(deps),
    answer,
    publishFor: publishingFor(deps),
    publishUntold: publishingUntold(deps),
    holdRouter: holding(deps),
    releaseRouter: releasing(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
