import { connectToTemporal, type ConnectOptions } from './connect.ts';

/** Ids of all workflows that run in the namespace, sagas and pairs among them. Temporal's list may lag behind by a moment. */
export async function runningWorkflows(options: ConnectOptions): Promise<ReadonlySet<string>> {
  const temporal = await connectToTemporal(options);
  try {
    return await temporal.call(async () => {
      const ids = new Set<string>();
      const query = "ExecutionStatus = 'Running'";
      for await (const { workflowId } of temporal.client.workflow.list({ query })) ids.add(workflowId);
      return ids;
    });
  } finally {
    await temporal.close();
  }
}
