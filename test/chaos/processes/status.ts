/** Translates the server's words for the status of a workflow into the checker's words. */
import type { WorkflowEvidence } from '../evidence.ts';

const STATUS: Readonly<Record<string, WorkflowEvidence['status']>> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'canceled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
  CONTINUED_AS_NEW: 'continued as new',
};

/** The checker's word. `name`: `status.name` of a description. */
export function statusOf(name: string): WorkflowEvidence['status'] {
  return STATUS[name] ?? 'running';
}
