/** An operator's deeds, by a session of his own on the router's terminal. Rejects when the router doesn't let him. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Device } from '../../../simulator/server/index.ts';
import { CHECK, client, COMMIT, confirmed, LOCK, UNLOCK } from '../../simulator/device/scene.ts';
import type { Client } from '../../simulator/device/scene.ts';
import { OPERATOR } from './routers-messages.ts';
import type { OperatorDeed } from './routers-messages.ts';
import { MINUTE_MS } from './schedule.ts';

const DISCARD = '<discard-changes/>';

/** Statements that he committed for good. */
export async function operate(device: Device, deed: OperatorDeed): Promise<readonly string[]> {
  const operator = client(device, OPERATOR);
  try {
    return await perform(operator, device, deed);
  } finally {
    operator.session.close();
  }
}

async function perform(operator: Client, device: Device, deed: OperatorDeed): Promise<readonly string[]> {
  switch (deed.kind) {
    case 'locks':
      await operator.ok(LOCK);
      await sleep(deed.ms);
      await operator.ok(UNLOCK);
      return [];
    case 'edits':
      await edit(operator, deed.statement);
      await sleep(deed.ms);
      await operator.ok(DISCARD);
      return [];
    case 'checks':
      await operator.ok(CHECK);
      return [];
    case 'commits':
      await operator.ok(LOCK);
      await edit(operator, deed.statement);
      await operator.ok(COMMIT);
      await operator.ok(UNLOCK);
      return [deed.statement];
    case 'tries': {
      await operator.ok(LOCK);
      await edit(operator, deed.statement);
      const minutes = Math.ceil(deed.ms / MINUTE_MS) + (deed.confirms ? 2 : 0);
      await operator.ok(confirmed(minutes, 'a try'));
      await operator.ok(UNLOCK);
      await sleep(deed.ms);
      if (!deed.confirms) return [];
      await operator.ok(COMMIT);
      // He looks, as we do: it may have fallen back before.
      const word = deed.statement.split(' ').at(-1) ?? '';
      return device.running().includes(word) ? [deed.statement] : [];
    }
    default:
      return deed satisfies never;
  }
}

async function edit(operator: Client, statement: string): Promise<void> {
  const reply = await operator.set(statement);
  if (reply.includes('<rpc-error>') || reply.includes('error-severity'))
    throw new Error(`refused: ${statement}`);
}
