/** What the saga can do. Workflows see only the type. */
import type { Dependencies } from './dependencies.ts';
import { planning } from './plan.ts';
import { polling } from './poll.ts';
import { publishingCreated, publishingFailed } from './publish.ts';
import { pushing } from './push.ts';
import { recordingMonitoring, recordingStack } from './record.ts';
import { registering } from './register.ts';
import { removing } from './remove.ts';

/** Each property is an activity under its name. */
export function createActivities(deps: Dependencies) {
  return {
    plan: planning(deps),
    register: registering(deps),
    push: pushing(deps),
    recordStack: recordingStack(deps),
    poll: polling(deps),
    recordMonitoring: recordingMonitoring(deps),
    publishCreated: publishingCreated(deps),
    publishFailed: publishingFailed(deps),
    remove: removing(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
