/** The server's words for how a workflow stands, in the checker's. */
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

/** Of a description's `status.name`. */
export function statusOf(name: string): WorkflowEvidence['status'] {
  return STATUS[name] ?? 'running';
}
