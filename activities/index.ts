/** What the saga can do. Workflows see only the type. */
import type { Dependencies } from './dependencies.ts';
import { planning } from './plan.ts';
import { polling } from './poll.ts';
import { answer } from './pair/answer.ts';
import { asking, askingDrop, askingPush } from './pair/ask.ts';
import { AskWatch } from './pair/ask-watch.ts';
import { holding, releasing } from './pair/maintenance.ts';
import { publishingFor } from './pair/publish-for.ts';
import { publishingUntold } from './pair/publish-untold.ts';
import { applying, awaitingRouters, settling } from './pair/transactions.ts';
import { releasingTurn, takingTurn } from './pair/turn.ts';
import { forgetting, publishingCreated, publishingFailed } from './publish.ts';
import { recordingMonitoring, recordingStack } from './record.ts';
import { registering } from './register.ts';

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
