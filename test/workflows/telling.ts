/** Workflows that tell what can't be told, and then end. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { GatewayResult } from '../../gateway/plan.ts';
import { tellEnd, tellQueue } from '../../workflows/sinks.ts';

const gateway = { resourceType: 'vpn_gateway', resourceId: 'a', version: 1 };
const made = { kind: 'made', result: { alreadyEnded: false } as GatewayResult } as const;

/** By what is wrong. */
const TELLS = {
  'a field throws': () => {
    const progress = {
      get gateway(): never {
        throw new TypeError('no gateway');
      },
      name: null,
    };
    tellEnd({ progress }, undefined, made);
  },
  'a field can not leave the workflow': () => {
    const name = (() => 'acme') as never;
    tellEnd({ progress: { gateway, name } }, undefined, made);
  },
  'a failure throws when it is read': () => {
    const error = ApplicationFailure.create({ message: 'refused' });
    Object.defineProperty(error, 'message', {
      get() {
        throw new RangeError('no message');
      },
    });
    tellEnd({ progress: { gateway, name: null } }, undefined, { kind: 'failed', error });
  },
  'the queue of a pair throws': () => {
    tellQueue(() => {
      throw new TypeError('no queue');
    });
  },
};

export type Wrong = keyof typeof TELLS;

/** Ends after it has told. */
export async function telling(wrong: Wrong): Promise<string> {
  TELLS[wrong]();
  return Promise.resolve('ended');
}
