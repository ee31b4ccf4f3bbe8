/** Programs of somebody who has installed the package: `user.ts`, and `old.cts` for CommonJS. They are compiled, and not run. */
export const CONSUMER: Readonly<Record<string, string>> = {
  'user.ts': `import { GatewayClient as Same } from 'gateway-saga';
import { GatewayClient, workflowIdOf, type GatewayOutcome, type GatewayRun, type Progress } from 'gateway-saga/client';
export const same: typeof Same = GatewayClient;
export const id: string = workflowIdOf({ resourceType: 'vpn_gateway', resourceId: '1' });
export const steps = (progress: Progress): readonly string[] => progress.steps.map(({ step }) => step);
export const words = (outcome: GatewayOutcome): string =>
  outcome.kind === 'created' ? outcome.kind : outcome.message;
// As it was written when gateways could only be created.
export async function create(client: GatewayClient): Promise<string> {
  const run: GatewayRun = await client.create({ resourceType: 'vpn_gateway', resourceId: '1' });
  return words(await run.result());
}
export async function apply(client: GatewayClient): Promise<string> {
  const run = await client.apply({ resourceType: 'vpn_gateway', resourceId: '1' });
  const outcome = await run.result();
  // @ts-expect-error It may be deleted, too.
  words(outcome);
  return outcome.kind;
}
// @ts-expect-error A step is a word, not a number: the types are there, and not \`any\`.
export const wrong = (progress: Progress): number => progress.steps[0]!.step;
`,
  'old.cts': `import saga = require('gateway-saga');
export const id: string = saga.workflowIdOf({ resourceType: 'vpn_gateway', resourceId: '1' });
`,
};

/** The consumer's compiler settings. */
export const CONSUMER_CONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noEmit: true,
    types: ['node'],
    skipLibCheck: false,
  },
  files: Object.keys(CONSUMER),
};
