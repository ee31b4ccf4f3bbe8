import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { bundleWorkflowCode, Runtime } from '@temporalio/worker';
import { CODED_FAILURES, FAILURE_FORM } from '../gateway/failure-form.ts';
import type { WorkerOptions } from './options.ts';

/** `.ts` in a checkout, `.js` in a package. */
const EXTENSION = extname(import.meta.url);

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The workflows' code: the given bundle, else the one that the build made, else the sources. */
export async function workflowsOf(bundle: string | undefined, coded: boolean) {
  const built = path('../workflow-bundle.js');
  const codePath = bundle ?? (existsSync(built) ? built : undefined);
  if (codePath !== undefined && !coded) return { workflowBundle: { codePath } };
  const code = await codeOf(codePath);
  return { workflowBundle: { code: coded ? withCodedFailures(code) : code } };
}

async function codeOf(codePath: string | undefined): Promise<string> {
  if (codePath !== undefined) return readFile(codePath, 'utf8');
  const { code } = await bundleWorkflowCode({
    workflowsPath: path('../workflows/'),
    failureConverterPath: path(`../workflows/failure-converter${EXTENSION}`),
    workflowInterceptorModules: [path(`../workflows/cancel-reason${EXTENSION}`)],
    logger: Runtime.instance().logger,
  });
  return code;
}

/** The codec in the form that the SDK takes. If the codec encrypts, activities' failures are encoded, too. */
export function dataConverterOf(codec: WorkerOptions['codec']): DataConverter | undefined {
  if (!codec) return undefined;
  const failureConverterPath = path(`./failure-converter${EXTENSION}`);
  return { payloadCodecs: [codec], ...(codec.encrypts && { failureConverterPath }) };
}

/** The code of a bundle, changed so that failures are written encoded. Throws if the bundle can't be changed, and would write failures in clear. */
export function withCodedFailures(code: string): string {
  const parts = code.split(FAILURE_FORM);
  if (parts.length !== 2)
    throw new Error('the workflow bundle was made without the converter of failures, which a codec needs');
  return parts.join(CODED_FAILURES);
}
