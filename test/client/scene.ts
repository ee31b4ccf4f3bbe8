/** A namespace of its own with a client, and the strings by which the stub is moved. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { GatewayClient, workflowIdOf, type CreateRequest, type GatewayFailure } from '../../client/index.ts';
import type { Progress, StepProgress } from '../../gateway/messages.ts';
import type { GatewayResult } from '../../gateway/plan.ts';
import {
  endSignal,
  goOnSignal,
  onCancelSignal,
  stepSignal,
  tellSignal,
  type Ending,
} from './stub-workflow.ts';
import { clientFor, newNamespace, startStubWorker, temporal as server } from './temporal.ts';

export interface Scene {
  readonly namespace: string;
  /** Variables by which a command finds it. */
  readonly env: Readonly<Record<'TEMPORAL_ADDRESS' | 'TEMPORAL_NAMESPACE', string>>;
  readonly client: GatewayClient;
  readonly temporal: Client;
  /** A gateway whose creation nobody has requested yet. */
  gateway(): { readonly resourceType: string; readonly resourceId: string };
  /** Resolves once the gateway's workflow was started. */
  begun(gateway: CreateRequest): Promise<void>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  step(gateway: CreateRequest, steps: StepProgress[]): Promise<void>;
  tell(gateway: CreateRequest, progress: Partial<Progress>): Promise<void>;
  end(gateway: CreateRequest, ending: Ending): Promise<void>;
  /** Resolves once the workflow has gone on as a new run with this version. */
  goOn(gateway: CreateRequest, version: number): Promise<void>;
  onCancel(gateway: CreateRequest, failure: GatewayFailure): Promise<void>;
  close(): Promise<void>;
}

/** A loop without a break takes the CPU from what it waits for. */
const LOOK_MS = 20;

export async function openScene(attributes: 'with attributes' | 'without attributes'): Promise<Scene> {
  const namespace = await newNamespace(attributes);
  const temporal = await clientFor(namespace);
  const client = await GatewayClient.connect({ client: temporal });
  const handleOf = (gateway: CreateRequest) => temporal.workflow.getHandle(workflowIdOf(gateway));
  let stop: (() => Promise<void>) | undefined;
  const stopWorker = async () => {
    await stop?.();
    stop = undefined;
  };
  return {
    namespace,
    env: { TEMPORAL_ADDRESS: (await server()).address, TEMPORAL_NAMESPACE: namespace },
    client,
    temporal,
    gateway: () => ({ resourceType: 'vpn_gateway', resourceId: randomUUID() }),
    begun: async (gateway) => {
      while ((await client.status(gateway)).kind === 'not found') await setTimeout(LOOK_MS);
    },
    startWorker: async () => {
      stop = await startStubWorker(namespace);
    },
    stopWorker,
    step: (gateway, steps) => handleOf(gateway).signal(stepSignal, steps),
    tell: (gateway, progress) => handleOf(gateway).signal(tellSignal, progress),
    end: (gateway, ending) => handleOf(gateway).signal(endSignal, ending),
    goOn: async (gateway, version) => {
      const handle = handleOf(gateway);
      const { runId } = await handle.describe();
      await handle.signal(goOnSignal, version);
      while ((await handle.describe()).runId === runId) await setTimeout(LOOK_MS);
    },
    onCancel: (gateway, failure) => handleOf(gateway).signal(onCancelSignal, failure),
    close: async () => {
      await client.close();
      await stopWorker();
    },
  };
}

export function created(gateway: CreateRequest): Ending {
  return made(gateway, 'created');
}

export function made(
  { resourceType, resourceId, version = 1 }: CreateRequest,
  outcome: GatewayResult['outcome'],
  alreadyEnded = false,
): Ending {
  return { kind: 'made', result: { resourceType, resourceId, version, outcome, alreadyEnded } };
}

export function failed(failure: GatewayFailure): Ending {
  return { kind: 'failed', type: failure.type, message: failure.message, details: [failure] };
}
