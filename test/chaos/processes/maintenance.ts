/** Holds and releases a router as from the Web UI or the Temporal CLI: by updates of a running pair. */
import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { BEGIN_MAINTENANCE_UPDATE, END_MAINTENANCE_UPDATE } from '../../../pair/messages.ts';
import type { HoldRequest } from '../../../pair/messages.ts';

/** How long a person waits for a page when no worker answers. */
const DEADLINE_MS = 3_000;

/** Each update is repeated with the same id, so that one that was carried out already is not carried out twice. */
export class Maintenance {
  private readonly temporal: Client;
  private readonly pair: string;
  private readonly ids = { [BEGIN_MAINTENANCE_UPDATE]: randomUUID(), [END_MAINTENANCE_UPDATE]: randomUUID() };

  constructor(temporal: Client, pair: string) {
    this.temporal = temporal;
    this.pair = pair;
  }

  /** `false`: no such pair runs. */
  hold(request: HoldRequest): Promise<boolean> {
    return this.update(BEGIN_MAINTENANCE_UPDATE, request);
  }

  /** `false`: no such pair runs. */
  release(request: Pick<HoldRequest, 'router'>): Promise<boolean> {
    return this.update(END_MAINTENANCE_UPDATE, request);
  }

  private async update(
    name: typeof BEGIN_MAINTENANCE_UPDATE | typeof END_MAINTENANCE_UPDATE,
    request: unknown,
  ): Promise<boolean> {
    const handle = this.temporal.workflow.getHandle(this.pair);
    try {
      await this.temporal.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
        handle.executeUpdate(name, { args: [request], updateId: this.ids[name] }),
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }
}
