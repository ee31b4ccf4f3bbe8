/** What an operator does, in a CLI session of his own on the router. Rejects if the router refuses it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Device } from '../../../simulator/server/index.ts';
import { EtcdClient } from '../../../etcd/client.ts';
import { CHECK, client, COMMIT, confirmed, LOCK, UNLOCK } from '../../simulator/device/scene.ts';
import type { Client } from '../../simulator/device/scene.ts';
import { isSettled } from '../settled.ts';
import { OPERATOR } from './routers-messages.ts';
import type { OperatorAction, Where } from './routers-messages.ts';
import { MINUTE_MS } from './schedule.ts';

const DISCARD = '<discard-changes/>';

/** Resolves to the statements that the operator has committed and that stand for good. */
export async function operate(device: Device, action: OperatorAction): Promise<readonly string[]> {
  const operator = client(device, OPERATOR, 'cli');
  try {
    return await perform(operator, device, action);
  } finally {
    operator.session.close();
  }
}

async function perform(operator: Client, device: Device, action: OperatorAction): Promise<readonly string[]> {
  switch (action.kind) {
    case 'locks':
      await operator.ok(LOCK);
      await sleep(action.ms);
      await operator.ok(UNLOCK);
      return [];
    case 'edits':
      await edit(operator, action.statement);
      await sleep(action.ms);
      await operator.ok(DISCARD);
      return [];
    case 'checks':
      await operator.ok(CHECK);
      return [];
    case 'commits':
      await operator.ok(LOCK);
      await edit(operator, action.statement);
      await operator.ok(COMMIT);
      await operator.ok(UNLOCK);
      return [action.statement];
    case 'adds': {
      await operator.ok(LOCK);
      const isFit = await isSettledNow(action.where);
      if (isFit) {
        await edit(operator, action.statement);
        await operator.ok(COMMIT);
      }
      await operator.ok(UNLOCK);
      return isFit ? [action.statement] : [];
    }
    case 'tries': {
      await operator.ok(LOCK);
      await edit(operator, action.statement);
      const minutes = Math.ceil(action.ms / MINUTE_MS) + (action.confirms === 'not' ? 0 : 2);
      await operator.ok(confirmed(minutes, 'a try'));
      await operator.ok(UNLOCK);
      await sleep(action.ms);
      if (action.confirms === 'not') return [];
      await operator.ok(action.confirms === 'by check' ? CHECK : COMMIT);
      // The operator looks, as we do: it may have fallen back before.
      const word = action.statement.split(' ').at(-1) ?? '';
      return device.running().includes(word) ? [action.statement] : [];
    }
    default:
      return action satisfies never;
  }
}

async function isSettledNow({ etcd: endpoints, keys, version }: Where): Promise<boolean> {
  const etcd = new EtcdClient({ endpoints, deadlineMs: 2_000 });
  try {
    const [state, plan] = await etcd.read('what stands', [keys.state, keys.plan] as const);
    return isSettled({ state: state.value?.toString(), plan: plan.value?.toString() }, version);
  } finally {
    etcd.close();
  }
}

async function edit(operator: Client, statement: string): Promise<void> {
  const reply = await operator.set(statement);
  if (reply.includes('<rpc-error>') || reply.includes('error-severity'))
    throw new Error(`refused: ${statement}`);
}
